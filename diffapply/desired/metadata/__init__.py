"""The desired state in SQLAlchemy metadata: imported, and created in scratch."""
