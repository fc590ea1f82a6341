"""Builds the desired state in scratch, as the application would."""

import psycopg2

from diffapply.desired import Desired
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog
from diffapply.model.own_name import Naming
from diffapply.model.scope import Scope
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.scratch.checks.clock import require_no_moment
from diffapply.scratch.checks.extensions import extensions, require_known
from diffapply.scratch.checks.names import require_own_names
from diffapply.scratch.checks.recording import recorded
from diffapply.scratch.confinement import refused
from diffapply.scratch.lacking import UNFOUND, lacks
from diffapply.scratch.sandbox import Sandbox


def built(rehearsal: Rehearsal, desired: Desired, scope: Scope, naming: Naming) -> Catalog:
    """What the desired state is built to in a sandbox.

    Args:
        naming: how the name of the sandbox's schema is treated.

    Raises:
        DesiredStateError: PostgreSQL refuses it, or it is not the same wherever it is built.
    """
    with rehearsal.empty_sandbox(scope, rehearsal.world) as sandbox:
        there = extensions(sandbox)
        texts = _build(rehearsal, desired, sandbox)
        require_known(desired.label, there, sandbox)
        catalog = sandbox.catalog(naming)
        behind = [its for its in rehearsal.world.behind if its != scope.schema]
        require_own_names(desired.label, catalog, behind, texts)
        require_no_moment(desired.label, catalog, sandbox, texts)
    return catalog


def _build(rehearsal: Rehearsal, desired: Desired, sandbox: Sandbox) -> list[str]:
    """Build it; returns the statements that were executed."""
    try:
        with sandbox.application(), recorded(rehearsal.connection) as texts:
            desired.build(rehearsal.connection, sandbox.scope)
    except DesiredStateError as error:
        if rehearsal.lacking and _is(error, *UNFOUND):
            raise lacks(error, rehearsal.lacking) from error
        if rehearsal.confinement and _is(error, psycopg2.errors.InsufficientPrivilege):
            raise refused(error, rehearsal.confinement) from error
        raise
    return texts


def _is(error: DesiredStateError, *kinds: type[psycopg2.Error]) -> bool:
    """Whether PostgreSQL refused it with such an error."""
    cause = error.__cause__
    return isinstance(getattr(cause, "orig", cause), kinds)
