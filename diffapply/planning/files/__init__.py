"""Plans as files: written, read again, and refused where they make no sense."""
