"""Carries plans out: tenant by tenant or in batches, gated; creates and drops tenants."""
