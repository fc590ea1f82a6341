"""What teams use today, each as its users run it."""
