"""Whatever is changed by hand in a rich tenant is seen, named, undone, and can be done again.

`make test` looks at every change, and leads some there and back; `make prove` leads all of them.
"""

from collections.abc import Iterator

import pytest

from diffapply.ddl import KINDS
from diffapply.model.hazards import HazardCode
from tests.acceptance.gallery import RICH, gallery
from tests.acceptance.mutations import MUTATIONS, MUTATIONS_18, Mutation
from tests.servers import EMBEDDED, Server

_BATCH = 24
"""Mutations a test: so that the processes of a test run can share them."""

UNSEEN = {"other"}
"""What is left for a newer PostgreSQL to bring."""


def _of(server: Server) -> list[Mutation]:
    return [*MUTATIONS, *(MUTATIONS_18 if server.version >= 18 else ())]


def _batches(*, first: bool) -> Iterator[object]:
    """Numbers of mutations, in batches: the first of each kind, or all but those."""
    every = [*MUTATIONS, *MUTATIONS_18]
    kinds = [mutation.kind for mutation in every]
    chosen = [n for n, kind in enumerate(kinds) if (kinds.index(kind) == n) is first]
    for start in range(0, len(chosen), _BATCH):
        name = f"{'first' if first else 'more'}{start // _BATCH}"
        slowly = [] if first and start == 0 else [pytest.mark.prove]
        yield pytest.param(tuple(chosen[start : start + _BATCH]), id=name, marks=slowly)


def test_there_are_mutations_of_every_kind() -> None:
    assert len({mutation.sql for mutation in MUTATIONS}) >= 150
    seen = {kind.name for kind in KINDS.values() if not kind.is_right} - UNSEEN
    assert {mutation.kind for mutation in (*MUTATIONS, *MUTATIONS_18)} == seen


@pytest.mark.postgres(18, prove=(15, 16, 17, EMBEDDED))
def test_every_mutation_is_seen_and_named(server: Server) -> None:
    """By fingerprint, and as a difference of the right kind and name."""
    with gallery(server) as here:
        here.build(RICH)
        here.look_at(_of(server))
        assert not here.wrong, "\n".join(here.wrong)


SAID = {
    *(HazardCode.DROPS_TABLE, HazardCode.DROPS_COLUMN, HazardCode.DROPS_SEQUENCE),
    *(HazardCode.DROPS_IDENTITY, HazardCode.CONVERTS_VALUES),
    *(HazardCode.CHANGES_ATTRIBUTES, HazardCode.DROPS_OBJECT, HazardCode.REWRITES_TABLE),
    *(HazardCode.COMPUTES_VIEW, HazardCode.SCANS_TABLE),
    *(HazardCode.BUILDS_INDEX, HazardCode.FAILS_ON_ROWS),
}
"""What the changes make the table of kinds say, at least."""


@pytest.mark.postgres(15, 18)
def test_statements_say_what_they_risk(server: Server) -> None:
    """The table of kinds and the parser, which do not know of each other, say the same of each.

    What is written anew, the parser cannot find: that is observed, when they are led there and
    back.
    """
    with gallery(server) as here:
        here.build(RICH)
        said = here.ask_for_risks(_of(server))
        assert not here.wrong, "\n".join(here.wrong)
    assert said >= SAID


@pytest.mark.postgres(18)
@pytest.mark.parametrize("batch", [*_batches(first=True)])
def test_one_of_each_kind_is_undone_and_done_again(server: Server, batch: tuple[int, ...]) -> None:
    """Proved both ways and really run, as pg_dump sees them; or blocked where that is said."""
    _lead_there_and_back(server, batch)


@pytest.mark.prove
@pytest.mark.postgres(15)
@pytest.mark.parametrize("batch", [*_batches(first=True)])
def test_so_it_is_on_old_servers(server: Server, batch: tuple[int, ...]) -> None:
    _lead_there_and_back(server, batch)


@pytest.mark.prove
@pytest.mark.postgres(15, 18)
@pytest.mark.parametrize("batch", [*_batches(first=False)])
def test_all_others_are_undone_and_done_again(server: Server, batch: tuple[int, ...]) -> None:
    _lead_there_and_back(server, batch)


def _lead_there_and_back(server: Server, batch: tuple[int, ...]) -> None:
    its = _of(server)
    with gallery(server) as here:
        here.lead_there_and_back([its[number] for number in batch if number < len(its)])
        assert not here.wrong, "\n".join(here.wrong)
