"""Finds the settings of a project: its models, its tenants, its Alembic folder."""

from diffapply.setup.findings import Findings, find_settings, with_found, with_missed
from diffapply.setup.writing import require_unset, settings_file, table_text, write_table

__all__ = [
    "Findings",
    "find_settings",
    "require_unset",
    "settings_file",
    "table_text",
    "with_found",
    "with_missed",
    "write_table",
]
