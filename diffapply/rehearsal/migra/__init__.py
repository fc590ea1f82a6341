"""What migra proposes; nothing else calls it."""
