"""PostgreSQL itself: connections, transactions, settings, locks, and the embedded server."""
