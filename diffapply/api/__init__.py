"""The library: one typed function for each command.

Each function opens the connections that it needs, and closes them. All raise
`diffapply.errors.DiffapplyError` for whatever a user can cause. What only some of them need is
imported when it is first used, so that plans and drift start fast.
"""

from typing import TYPE_CHECKING

from diffapply.api.adoption import find_settings, pull, show, survey, with_missed
from diffapply.api.plans import (
    drift,
    load_plan,
    load_statements,
    newest_revision,
    plan,
    require_writable,
    revision,
    save_plan,
)
from diffapply.api.runs import apply, await_turn, history
from diffapply.api.tenants import (
    deprovision,
    desired_shape,
    holdings,
    provision,
    require_shape_writable,
)
from diffapply.opening import embedded_notice

if TYPE_CHECKING:
    from diffapply.rollout.in_application import (
        ensure_in,
        ensure_in_async,
        provision_in,
        provision_in_async,
    )

__all__ = [
    "apply",
    "await_turn",
    "deprovision",
    "desired_shape",
    "drift",
    "embedded_notice",
    "ensure_in",
    "ensure_in_async",
    "find_settings",
    "history",
    "holdings",
    "load_plan",
    "load_statements",
    "newest_revision",
    "plan",
    "provision",
    "provision_in",
    "provision_in_async",
    "pull",
    "require_shape_writable",
    "require_writable",
    "revision",
    "save_plan",
    "show",
    "survey",
    "with_missed",
]

_IN_APPLICATION = frozenset({"ensure_in", "ensure_in_async", "provision_in", "provision_in_async"})


def __getattr__(name: str) -> object:
    if name not in _IN_APPLICATION:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from diffapply.rollout import in_application  # noqa: PLC0415 - see above

    return getattr(in_application, name)
