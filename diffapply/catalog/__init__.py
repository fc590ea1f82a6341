"""Catalogs: the facts of schemas, read from the server, and how two of them differ."""
