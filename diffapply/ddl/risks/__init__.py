"""What statements risk."""
