"""diffapply: declare the state of your tenant schemas, compare, apply, go back, find drift.

    import diffapply

    settings = diffapply.Settings(database_url="postgresql://...")
    made = diffapply.plan(settings)
    diffapply.apply(settings, made)

Names are imported when they are first used, so that the command line starts fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from diffapply.version import VERSION

__version__ = VERSION

if TYPE_CHECKING:
    from diffapply.api import (
        apply,
        deprovision,
        desired_shape,
        drift,
        ensure_in,
        ensure_in_async,
        history,
        load_plan,
        plan,
        provision,
        provision_in,
        provision_in_async,
        pull,
        save_plan,
        show,
        survey,
    )
    from diffapply.config import Settings
    from diffapply.errors import DiffapplyError, TenantNotCurrentError
    from diffapply.planning.desired_shape import DesiredShape as Shape
    from diffapply.variant import Variant

__all__ = [
    "DiffapplyError",
    "Settings",
    "Shape",
    "TenantNotCurrentError",
    "Variant",
    "__version__",
    "apply",
    "deprovision",
    "desired_shape",
    "drift",
    "ensure_in",
    "ensure_in_async",
    "history",
    "load_plan",
    "plan",
    "provision",
    "provision_in",
    "provision_in_async",
    "pull",
    "save_plan",
    "show",
    "survey",
]

_HOMES = dict.fromkeys(__all__, "diffapply.api") | {
    "DiffapplyError": "diffapply.errors",
    "TenantNotCurrentError": "diffapply.errors",
    "Settings": "diffapply.config",
    "Shape": "diffapply.planning.desired_shape",
    "Variant": "diffapply.variant",
}

_CALLED_THERE = {"Shape": "DesiredShape"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), _CALLED_THERE.get(name, name))
    globals()[name] = found
    return found
