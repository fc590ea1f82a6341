"""The scratch database: its surroundings and its sandboxes. Dropped after each command."""
