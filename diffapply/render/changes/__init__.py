"""What a plan changes: object by object, once for all tenants; what it renames and may lose."""
