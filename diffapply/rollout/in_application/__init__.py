"""Tenants are created and brought up to date in transactions of the application."""
