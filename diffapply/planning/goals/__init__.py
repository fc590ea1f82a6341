"""What each live schema is, and which shape it is to get."""
