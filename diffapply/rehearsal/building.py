"""Builds the desired state in scratch, as the application would."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg2

from diffapply.desired import Desired
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog
from diffapply.model.listing import in_one_line
from diffapply.model.own_name import Naming
from diffapply.model.scope import Scope
from diffapply.queries import query
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.scratch.aside import finding, members, mistaken, require_none_astray, standing_aside
from diffapply.scratch.checks.bodies import (
    Unsound,
    UnsoundBodyError,
    is_unchecked,
    routines,
    unsound,
)
from diffapply.scratch.checks.clock import require_no_moment
from diffapply.scratch.checks.extensions import extensions, require_known
from diffapply.scratch.checks.names import require_own_names
from diffapply.scratch.checks.recording import recorded
from diffapply.scratch.confinement import refused, with_policies_for
from diffapply.scratch.lacking import UNFOUND, beside_roles, lacks, lacks_role, names_left_alone
from diffapply.scratch.sandbox import ASIDE, Sandbox

_ROLES = query("rehearsal", "roles_named")


@dataclass(frozen=True, slots=True)
class Built:
    """What a desired state is built to.

    Attributes:
        warnings: what PostgreSQL refuses of it, and may be sound nevertheless.
    """

    catalog: Catalog
    warnings: tuple[str, ...] = ()


def built(rehearsal: Rehearsal, desired: Desired, scope: Scope, naming: Naming) -> Built:
    """What the desired state is built to in a sandbox.

    Args:
        naming: how the name of the sandbox's schema is treated.

    Raises:
        DesiredStateError: PostgreSQL refuses it, or it is not the same wherever it is built.
    """
    with rehearsal.empty_sandbox(scope, rehearsal.world) as sandbox:
        there, aside = extensions(sandbox), standing_aside(sandbox)
        texts, warnings = _build(rehearsal, desired, sandbox)
        require_known(desired.label, there, sandbox)
        require_none_astray(desired.label, aside, sandbox)
        catalog = _for_live_role(rehearsal, desired, sandbox.catalog(naming), sandbox, texts)
        behind = {its: scope.schema if its == ASIDE else its for its in sandbox.behind}
        require_own_names(desired.label, catalog, behind, texts)
        require_no_moment(desired.label, catalog, sandbox, texts)
        return Built(catalog, warnings)


def _build(
    rehearsal: Rehearsal, desired: Desired, sandbox: Sandbox
) -> tuple[list[str], tuple[str, ...]]:
    """Build it; returns the statements that were executed, and warnings."""
    before = routines(sandbox)
    schema, others = sandbox.scope.schema, members(sandbox)
    try:
        adapt = finding(schema, others)
        with sandbox.application(), recorded(rehearsal.connection, adapt) as texts:
            desired.build(rehearsal.connection, sandbox.scope)
        warnings = _warnings(rehearsal, desired, sandbox, unsound(sandbox, before), texts)
    except DesiredStateError as error:
        if remedy := mistaken(_cause(error), schema, others):
            raise DesiredStateError(error.message, remedy) from error
        if rehearsal.lacking and _is(error, *UNFOUND):
            raise lacks(error, rehearsal.lacking) from error
        if rehearsal.confinement and _is(error, psycopg2.errors.InsufficientPrivilege):
            raise refused(error, rehearsal.confinement) from error
        if rehearsal.elsewhere and _is(error, psycopg2.errors.UndefinedObject):
            raise lacks_role(error) from error
        raise
    return texts, warnings


def _for_live_role(
    rehearsal: Rehearsal,
    desired: Desired,
    catalog: Catalog,
    sandbox: Sandbox,
    texts: Sequence[str],
) -> Catalog:
    """What is built, with policies ``TO current_user`` for the role that this is in tenants.

    Raises:
        DesiredStateError: scratch lacks that role.
    """
    builder, role = rehearsal.connection.info.user, rehearsal.role
    if builder == role or any(builder in text for text in texts):
        return catalog
    [(own, live, there)] = sandbox.rows(_ROLES, {"builder": builder, "role": role})
    translated = with_policies_for(catalog, own, live)
    if translated.facts != catalog.facts and not there:
        raise DesiredStateError(
            f"A policy in {desired.label} is for the current user, {role!r}, and scratch does not "
            "have that role.",
            "Name the role in the policy instead.",
        )
    return translated


def _warnings(
    rehearsal: Rehearsal,
    desired: Desired,
    sandbox: Sandbox,
    broken: Sequence[Unsound],
    texts: Sequence[str],
) -> tuple[str, ...]:
    """What is told of routines with bodies that PostgreSQL refuses, if that is no error.

    Raises:
        UnsoundBodyError: it is one.
    """
    denied = rehearsal.confinement.denied if rehearsal.confinement else ()
    lacking = in_one_line([*beside_roles(rehearsal.lacking), *denied])
    unchecked = bool(broken) and is_unchecked(sandbox, texts)
    schema, others = sandbox.scope.schema, members(sandbox)
    told = []
    for its in broken:
        sentence = its.told(desired)
        if remedy := mistaken(its.error, schema, others):  # it would be in no tenant, either
            raise UnsoundBodyError(sentence, remedy) from its.error
        if unchecked:
            told.append(f"{sentence} That is no error, because check_function_bodies is off.")
        elif lacking and isinstance(its.error, UNFOUND):
            told.append(f"{sentence} What it names may be there, but not in scratch: {lacking}.")
        elif names_left_alone(its.error, sandbox.scope):
            told.append(f"{sentence} What it names may be left alone, and so not be in scratch.")
        else:
            raise UnsoundBodyError(sentence, its.remedy) from its.error
    return tuple(told)


def _is(error: DesiredStateError, *kinds: type[psycopg2.Error]) -> bool:
    """Whether PostgreSQL refused it with such an error."""
    return isinstance(_cause(error), kinds)


def _cause(error: DesiredStateError) -> BaseException | None:
    cause = error.__cause__
    return getattr(cause, "orig", cause)
