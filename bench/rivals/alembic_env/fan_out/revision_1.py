"""The ten tables, which every tenant has already."""

revision = "1"
down_revision = None
