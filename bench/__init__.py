"""The performance claims, measured."""
