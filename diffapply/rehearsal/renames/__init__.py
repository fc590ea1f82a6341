"""Objects that get other names, so that nothing is lost."""
