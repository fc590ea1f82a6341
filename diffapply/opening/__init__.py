"""Opens what a command works on: the live database, and the caches in its journal."""

from diffapply.opening.caches import other_roles
from diffapply.opening.live import live_database, look_around, stage
from diffapply.opening.means import planning
from diffapply.opening.scopes import branches_of, desired_scope, desired_state

__all__ = [
    "branches_of",
    "desired_scope",
    "desired_state",
    "live_database",
    "look_around",
    "other_roles",
    "planning",
    "stage",
]
