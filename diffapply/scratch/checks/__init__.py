"""Checks of the desired state, made when it stands in scratch."""
