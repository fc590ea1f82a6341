"""Finds statements that lead from one structure to another, by trying them."""
