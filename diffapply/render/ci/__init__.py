"""What CI servers and code scanning read."""
