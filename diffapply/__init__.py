"""diffapply: declare the state of your tenant schemas, compare, apply, go back, find drift.

    import diffapply

    settings = diffapply.Settings(database_url="postgresql://...")
    made = diffapply.plan(settings)
    diffapply.apply(settings, made)

Names are imported when they are first used, so that the command line starts fast.
"""

from typing import TYPE_CHECKING

from diffapply.lazy import on_demand
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
    from diffapply.config.variant import Variant
    from diffapply.errors import DiffapplyError, TenantNotCurrentError
    from diffapply.model.hazards import HazardCode
    from diffapply.planning.desired_shape import DesiredShape as Shape

__all__ = [
    "DiffapplyError",
    "HazardCode",
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

__getattr__, __dir__ = on_demand(
    globals(),
    dict.fromkeys(__all__, "diffapply.api")
    | {
        "DiffapplyError": "diffapply.errors",
        "TenantNotCurrentError": "diffapply.errors",
        "HazardCode": "diffapply.model.hazards",
        "Settings": "diffapply.config",
        "Shape": "diffapply.planning.desired_shape:DesiredShape",
        "Variant": "diffapply.config.variant",
    },
)
