"""A shop for many merchants: a schema for each in one database, and two that all share."""
