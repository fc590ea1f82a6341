"""The throw-away database: its surroundings and its sandboxes."""
