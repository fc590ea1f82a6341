"""The desired state in SQL files: read, told statement by statement, and run in scratch."""
