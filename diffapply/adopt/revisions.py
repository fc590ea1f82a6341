"""Sets the structure of each tenant beside the revision that it says it is at.

No tenant is said to be at a revision unless the structure after that revision was read in scratch,
and is the tenant's.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from diffapply.adopt.alembic_python import python_with_alembic
from diffapply.adopt.neighbours import differing_from, nearest_of
from diffapply.adopt.replay import replay
from diffapply.adopt.stamps import read_stamps
from diffapply.catalog.comparison import compare
from diffapply.database.names_said import quoted_in
from diffapply.errors import ScratchError
from diffapply.model.catalog import Catalog
from diffapply.model.order import natural
from diffapply.model.plan import Shape
from diffapply.model.stamps import Replay, Revisions, StampedTenants
from diffapply.model.survey import SurveyedShape
from diffapply.planning.goals.goals import Goals
from diffapply.planning.means import Means
from diffapply.rehearsal.scene import Scene
from diffapply.setup.alembic import AlembicFolder
from diffapply.values import grammar

_Position = tuple[tuple[str, ...], str]
"""The revisions after which a structure is there, and the nearest one."""


def find_revisions(
    means: Means, folders: Sequence[AlembicFolder], shapes: Sequence[SurveyedShape]
) -> Revisions:
    """Replay the revisions, and set tenants beside them.

    Args:
        folders: at least one; if there are several, nobody knows which is meant, and none is run.
    """
    replayed, positions = _replayed(means, folders, shapes)
    structures = dict(replayed.structures)
    names = [name for shape in shapes for name in shape.tenants]
    connection = means.reader.database.connection
    stamps = read_stamps(connection, names, means.stage.world.behind)
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for shape in shapes:
        for name in shape.tenants:
            alike[shape.fingerprint, stamps[name]].append(name)
    catalogs = {shape.fingerprint: shape.catalog for shape in shapes}
    found = []
    for (fingerprint, its_stamps), tenants in alike.items():
        at, near = positions.get(fingerprint, ((), ""))
        differences = compare(catalogs[fingerprint], structures[near]) if near and not at else ()
        found.append(StampedTenants(tuple(tenants), fingerprint, its_stamps, at, near, differences))
    ordered = sorted(found, key=lambda its: (-len(its.tenants), natural(its.tenants[0])))
    return Revisions(replayed, tuple(ordered))


def _replayed(
    means: Means, folders: Sequence[AlembicFolder], shapes: Sequence[SurveyedShape]
) -> tuple[Replay, Mapping[str, _Position]]:
    """What ran, and where each shape is among it.

    First with what tenants refer to in scratch, then, if not all ran, without: the revisions may
    create that by themselves.
    """
    if len(folders) > 1:
        labels = ", ".join(its.label for its in folders)
        return Replay(
            labels, stopped=f"there are {len(folders)} of them; name one with --alembic"
        ), {}
    [folder] = folders
    python = python_with_alembic()
    if python is None:
        return Replay(
            folder.label, stopped="Alembic is not installed where diffapply is; pip install alembic"
        ), {}
    if not shapes:
        return Replay(folder.label, stopped="there is no tenant to compare with"), {}
    standing = {shape.tenants[0]: shape.catalog for shape in shapes}
    best = Replay(folder.label), dict[str, _Position]()
    for bare in (False, True):
        try:
            with means.stage.open(standing, bare=bare) as scene:
                made = replay(
                    scene.rehearsal,
                    folder,
                    python,
                    schema=shapes[0].tenants[0],
                    scope=means.reader.scope,
                    progress=means.progress,
                )
                made = replace(made, stopped=made.stopped + _made_elsewhere(made, shapes))
                if not bare or len(made.structures) > len(best[0].structures):
                    best = made, _positions(means, scene, made, shapes)
        except ScratchError as error:
            return Replay(folder.label, stopped=f"there is no scratch: {error.message}"), {}
        if not made.stopped:
            break
    return best


def _made_elsewhere(made: Replay, shapes: Sequence[SurveyedShape]) -> str:
    """What it means that a revision misses a table that tenants have."""
    if "UndefinedTable" not in made.stopped:
        return ""
    catalogs = [shape.catalog for shape in shapes]
    there = {name for catalog in catalogs for name in _tables(catalog)}
    made_here = {name for _, catalog in made.structures for name in _tables(catalog)}
    plain = sorted(map(grammar.bare, there - made_here))
    said = quoted_in(made.stopped.partition("UndefinedTable")[2])
    named = {*said, *(its.rpartition(".")[2] for its in said)}
    missed = next((its for its in plain if its in named), "")
    if not missed:
        return ""
    return (
        f". Tenants have {missed}, but no revision up to there makes it: if create_all or a script "
        "does that first, the revisions alone build no tenant. `diffapply drift` needs none of "
        "them: it compares the tenants with the models"
    )


def _tables(catalog: Catalog) -> set[str]:
    return {fact.name for fact in catalog.by_kind.get("table", ())}


def _positions(
    means: Means, scene: Scene, made: Replay, shapes: Sequence[SurveyedShape]
) -> dict[str, _Position]:
    """Fingerprint of a shape → where it is among the revisions."""
    if not made.structures:
        return {}
    revisions = [revision for revision, _ in made.structures]
    catalogs = [catalog for _, catalog in made.structures]
    goals = Goals(scene)
    scope = means.reader.scope
    deltas = differing_from(catalogs[-1], catalogs)
    found = {}
    for shape in shapes:
        [delta] = differing_from(catalogs[-1], [shape.catalog])
        # Of equally near ones the last: what a revision did to rows alone is in none of them.
        near = len(deltas) - 1 - nearest_of(delta, deltas[::-1])
        fingerprint = catalogs[near].fingerprint
        if fingerprint != shape.fingerprint:
            # Texts may be spelled otherwise and mean the same, as after a dump and a restore.
            worded = goals.in_own_words(shape.catalog, Shape(catalogs[near]), scope)
            is_there = worded.fingerprint == shape.fingerprint
        else:
            is_there = True
        found[shape.fingerprint] = (
            (_of(fingerprint, revisions, catalogs) if is_there else ()),
            revisions[near],
        )
    return found


def _of(fingerprint: str, revisions: Sequence[str], catalogs: Sequence[Catalog]) -> tuple[str, ...]:
    return tuple(
        revision
        for revision, catalog in zip(revisions, catalogs, strict=True)
        if catalog.fingerprint == fingerprint
    )
