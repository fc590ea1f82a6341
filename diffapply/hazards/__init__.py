"""What statements risk: told from what they say, and from what they did in scratch."""
