"""The desired state, and which part of tenants counts."""

from dataclasses import replace
from functools import partial

from diffapply.catalog.ignored import ignoring
from diffapply.config import Settings
from diffapply.database.connection import Database
from diffapply.desired import Desired, load
from diffapply.model.identifier import quoted
from diffapply.model.ignoring import USUAL, Ignoring
from diffapply.model.own_name import Naming
from diffapply.model.scope import Scope
from diffapply.planning.unmanaged import left_by, looks_ahead
from diffapply.planning.variants import Branch, branches
from diffapply.rehearsal.stage import Stage
from diffapply.tenants.discovery import tenant_pattern


def desired_state(settings: Settings) -> Desired:
    """The desired state, loaded. Raises `DesiredStateError` if it cannot be."""
    token = settings.tenant_token
    desired = load(settings.desired, token, settings.schemaless)
    if token is not None and tenant_pattern(settings.tenants).fullmatch(token):
        # The token has a tenant's name: the desired state was made from that tenant.
        return replace(desired, naming=Naming.OWN)
    return desired


def left_alone(settings: Settings, desired: Desired | None = None) -> Ignoring:
    """What is left alone: what the settings ignore, and what is usually another tool's.

    Args:
        desired: what it declares is not another tool's. None: on the way back, where only the runs
            that are undone know what they took for another tool's.

    Raises:
        UsageError: a pattern names no kind.
    """
    usual: tuple[str, ...] = ()
    if desired is not None:
        declared = {its.name for its in desired.declarable() if its.kind == "table"}
        usual = tuple(its for its in USUAL if its.partition(":")[2] not in declared)
    return ignoring((*usual, *settings.ignore))


def scope(database: Database, settings: Settings, desired: Desired | None = None) -> Scope:
    """Which part of a tenant counts. Raises as `left_alone`."""
    role = quoted(database.server.role) if settings.privileges else ""
    patterns = left_alone(settings, desired)
    return Scope(privileges=settings.privileges, role=role, ignoring=patterns)


def desired_scope(stage: Stage, settings: Settings, desired: Desired) -> Scope:
    """Which part of a tenant counts, with what the desired state does not speak of left alone."""
    usual = scope(stage.database, settings, desired)
    if not looks_ahead(settings):
        return usual
    return usual.leaving(left_by(stage.look_ahead(desired, usual), settings))


def branches_of(
    stage: Stage, settings: Settings, desired: Desired | None, usual: Scope
) -> tuple[Branch, ...]:
    """The tenants with variants that hold; see `branches`.

    Args:
        desired: None on the way back.
        its: the scope of tenants without variants.
    """
    return branches(settings, usual, desired, partial(desired_scope, stage, settings))
