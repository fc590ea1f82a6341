"""SQL in files: scripts of plans, revisions of Alembic, structures."""
