"""The history of the tenants' tables; the models themselves are not needed to migrate."""
