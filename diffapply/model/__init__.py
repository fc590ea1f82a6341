"""Values only, no input or output: used by all other folders."""
