"""What is refused of a desired state once it stands in scratch."""
