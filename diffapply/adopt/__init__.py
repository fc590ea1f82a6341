"""What a team does first: look at what is there, before anything is declared."""
