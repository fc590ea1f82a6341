"""Different texts of equal meaning, and why a structure cannot be rebuilt."""
