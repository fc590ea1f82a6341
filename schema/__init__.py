"""The desired state of this repository's own tenants."""
