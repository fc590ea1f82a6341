"""Objects that a transition drops and creates again: they keep owner, grants and numbers."""
