"""The desired state as a shape: built in scratch, or known from earlier."""

import logging
from collections.abc import Iterator
from functools import cache

from diffapply.catalog.ignored import without_ignored
from diffapply.catalog.ignored_queries import is_object
from diffapply.desired import Desired
from diffapply.desired.model import as_token
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog
from diffapply.model.ignoring import Ignoring
from diffapply.model.listing import in_one_line
from diffapply.model.own_name import Naming, with_own_name
from diffapply.model.plan import Shape
from diffapply.model.scope import Scope
from diffapply.rehearsal.cache import built_key
from diffapply.rehearsal.renames.declared import DECLARED
from diffapply.rehearsal.scene import Scene
from diffapply.scratch.aside import put_back
from diffapply.scratch.checks.token import require_clear
from diffapply.values import Enum
from diffapply.values.grammar import bare, unquoted

_log = logging.getLogger(__name__)


def build_desired(scene: Scene, desired: Desired, scope: Scope) -> Shape:
    """Build the desired state; returns its shape, without DDL.

    Raises:
        DesiredStateError: PostgreSQL refuses it, or it creates nothing for a tenant.
    """
    # It may name the token as a schema, which must exist then.
    name, naming, managed = desired.token, desired.naming, scope.managed
    if name is not None and naming is not Naming.MODELS:
        managed = None  # a template has another name
    taken = name in scene.taken and naming is Naming.MODELS
    if managed is not None or name is None or taken:
        name, naming, managed = scope.schema, Naming.AS_IT_IS, scope.managed
    its_scope = scope.of_template(name, managed)
    catalog = _once_built(scene, desired, its_scope, naming)
    if managed is None:
        catalog = put_back(catalog, name, scope.schema)
    if scope.managed is None:
        _require_defined(desired, catalog)
    if naming is not Naming.AS_IT_IS:
        require_clear(desired.label, name, naming, catalog)
    if managed is None and scope.managed is not None:
        catalog = scope.part_of(with_own_name(catalog, scope.schema))
    if scope.managed is None and not catalog.facts:
        remedy = (
            "Objects of the tenant have no schema, or the --tenant-token as their schema; and SQL "
            "must not change the search path."
        )
        raise DesiredStateError(
            f"The desired state {desired.label} creates nothing that belongs to the tenant.",
            " ".join([remedy, *map(as_token, desired.homes[:1])]),
        )
    return Shape(_without_ignored(desired, catalog, scope))


def _once_built(scene: Scene, desired: Desired, scope: Scope, naming: Naming) -> Catalog:
    """What it is built to in a sandbox of this scope: now, or earlier under the same conditions."""
    digest = desired.digest() if scene.role else None
    conditions = (*scene.conditions, scene.role)  # SQL can say current_user
    key = built_key(digest, naming, scope, conditions) if digest else ""
    if key and (catalog := scene.proofs.recall_built(key)):
        return catalog
    from diffapply.rehearsal.building import built  # noqa: PLC0415 - see `Scene`

    its = built(scene.rehearsal, desired, scope, naming)
    for warning in its.warnings:
        _warn(warning)
    if key and scene.may_keep and not its.warnings:  # they are told by each command
        scene.proofs.keep_built(key, its.catalog)
    return its.catalog


@cache
def _warn(warning: str) -> None:
    """Once in a process, because a command may build several times."""
    _log.warning("diffapply: %s", warning)


def _without_ignored(desired: Desired, catalog: Catalog, scope: Scope) -> Catalog:
    """What it declares, without the mere properties that are ignored, and what a variant ignores.

    Raises:
        DesiredStateError: it declares an object that is ignored otherwise.
    """
    ignoring = Ignoring(tuple(its for its in scope.ignoring.lists if its not in scope.approved))
    for kind, name in catalog.facts:
        if is_object(kind) and (pattern := ignoring.pattern_for(kind, name)):
            raise DesiredStateError(
                f"The desired state {desired.label} declares {kind} {name}, but "
                f"{pattern!r} ignores it.",
                f'Remove that pattern, or give "!{kind}:{name}" after it.',
            )
    return without_ignored(catalog, scope.ignoring)


def require_desired(scene: Scene, desired: Desired, scope: Scope) -> Shape:
    """The desired state with DDL that was proved to rebuild it.

    Raises:
        DesiredStateError: as `build_desired`; or it cannot be rebuilt from its facts.
    """
    goal = scene.rehearsal.rebuild(build_desired(scene, desired, scope), scope)
    if goal.ddl is None:
        reasons = in_one_line(scene.rehearsal.why_not_rebuilt(goal, scope))
        raise DesiredStateError(
            f"The desired state {desired.label} cannot be rebuilt: {reasons}.",
        )
    return goal


def _require_defined(desired: Desired, catalog: Catalog) -> None:
    """What comments in SQL declare as renamed is there in the end.

    Raises:
        DesiredStateError: it is not; names the line.
    """
    if not desired.renames:
        return
    places = {(its.kind, its.table, its.name): its.place for its in desired.declarable()}
    there = set(_names(catalog))
    for rename in desired.renames:
        place = places.get((rename.kind, rename.table, rename.new))
        if place and (rename.kind, rename.table, rename.new) not in there:
            raise DesiredStateError(
                f"{place}: {rename.kind} {rename.new} is declared as renamed from {rename.old}, "
                "but is not there in the end.",
                "Declare it where the name is that the tenants will have.",
            )


def _names(catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    """Kind, whole and name of what can be declared as renamed."""
    for kind in DECLARED:
        for fact in catalog.by_kind.get(kind, ()):
            yield kind, bare(fact.object), bare(fact.part)
    for fact in catalog.by_kind.get("enum", ()):
        for label in Enum.of(fact).labels:
            yield "label", bare(fact.name), unquoted(label)
