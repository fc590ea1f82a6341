"""Settings: from options, the environment, [tool.diffapply] in pyproject.toml, or defaults."""

from diffapply.config.settings import Settings, load
from diffapply.config.sources import known_envs, tell_misspelt
from diffapply.config.values import (
    DEFAULT_DESIRED,
    DEFAULT_LOCK_TIMEOUT,
    DEFAULT_TENANTS,
    SETTINGS,
    Manage,
    Schemaless,
)

__all__ = [
    "DEFAULT_DESIRED",
    "DEFAULT_LOCK_TIMEOUT",
    "DEFAULT_TENANTS",
    "SETTINGS",
    "Manage",
    "Schemaless",
    "Settings",
    "known_envs",
    "load",
    "tell_misspelt",
]
