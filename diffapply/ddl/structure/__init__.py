"""What a catalog says of tables, keys, partitions and types, and their order."""
