"""The live tenants: which there are, and what each of them is."""
