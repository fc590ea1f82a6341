"""The library: one typed function for each command.

Each function opens the connections that it needs, and closes them. All raise
`diffapply.errors.DiffapplyError` for whatever a user can cause. Each is imported when it is first
used, so that none waits for what only others need.
"""

from typing import TYPE_CHECKING

from diffapply.lazy import on_demand

if TYPE_CHECKING:
    from diffapply.api.adoption import find_settings, pull, show, survey, with_missed
    from diffapply.api.plans import (
        drift,
        load_plan,
        load_statements,
        newest_revision,
        only_chosen,
        plan,
        require_writable,
        revision,
        save_plan,
        with_notes_as_now,
    )
    from diffapply.api.runs import apply, await_turn, history, not_in_plan
    from diffapply.api.tenants import (
        deprovision,
        desired_shape,
        holdings,
        provision,
        require_shape_writable,
    )
    from diffapply.database.named import embedded_notice
    from diffapply.rollout.in_application.provisioning import (
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
    "not_in_plan",
    "only_chosen",
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
    "with_notes_as_now",
]

_PLANS, _RUNS = "diffapply.api.plans", "diffapply.api.runs"
_TENANTS, _ADOPTION = "diffapply.api.tenants", "diffapply.api.adoption"
_IN_APPLICATION = "diffapply.rollout.in_application.provisioning"
_HOMES = {
    "apply": _RUNS,
    "await_turn": _RUNS,
    "deprovision": _TENANTS,
    "desired_shape": _TENANTS,
    "drift": _PLANS,
    "embedded_notice": "diffapply.database.named",
    "ensure_in": _IN_APPLICATION,
    "ensure_in_async": _IN_APPLICATION,
    "find_settings": _ADOPTION,
    "history": _RUNS,
    "holdings": _TENANTS,
    "load_plan": _PLANS,
    "load_statements": _PLANS,
    "newest_revision": _PLANS,
    "not_in_plan": _RUNS,
    "only_chosen": _PLANS,
    "plan": _PLANS,
    "provision": _TENANTS,
    "provision_in": _IN_APPLICATION,
    "provision_in_async": _IN_APPLICATION,
    "pull": _ADOPTION,
    "require_shape_writable": _TENANTS,
    "require_writable": _PLANS,
    "revision": _PLANS,
    "save_plan": _PLANS,
    "show": _ADOPTION,
    "survey": _ADOPTION,
    "with_missed": _ADOPTION,
    "with_notes_as_now": _PLANS,
}

__getattr__, __dir__ = on_demand(globals(), _HOMES)
