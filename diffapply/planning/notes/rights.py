"""Notes on what a role may not change in the tenants, before apply would fail there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from psycopg2.extensions import connection as Connection

from diffapply.model.identifier import quoted
from diffapply.model.listing import some_of
from diffapply.model.order import natural
from diffapply.model.plan import Transition
from diffapply.planning.rights import Lack, lacks


def noting_lacks(connection: Connection, made: Iterable[Transition]) -> tuple[Transition, ...]:
    """The transitions, with notes on the tenants in which apply would fail for lack of a right."""
    transitions = tuple(made)
    return tuple(
        replace(its, notes=(*its.notes, *_notes(found))) if found else its
        for its, found in zip(transitions, lacks(connection, transitions), strict=True)
    )


def _notes(found: Mapping[str, Sequence[Lack]]) -> Iterator[str]:
    """One sentence; what is the same in several tenants is said once."""
    tenants = defaultdict(list)
    for tenant in sorted(found, key=natural):
        for lacking in found[tenant]:
            tenants[lacking.told].append(quoted(tenant))
    listed = some_of(
        [f"in {some_of(names)}, {told}" for told, names in tenants.items()], joint="; "
    )
    yield f"This role may not do all of it, and apply would fail: {listed}."
