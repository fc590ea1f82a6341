"""How facts are created, altered and dropped, and what that risks."""
