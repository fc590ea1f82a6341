"""Data only: what all other folders speak of."""
