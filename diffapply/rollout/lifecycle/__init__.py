"""Tenants are created, furnished and dropped."""
