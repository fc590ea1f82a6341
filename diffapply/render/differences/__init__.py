"""How tenants differ: from the desired state, from what is approved, from each other."""
