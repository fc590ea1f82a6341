"""What is done in the transaction of a tenant, or of a batch."""
