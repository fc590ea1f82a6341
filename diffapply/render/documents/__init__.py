"""JSON documents, and the schemas of what they hold."""
