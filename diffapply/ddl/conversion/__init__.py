"""Types, and how values of one become values of another."""
