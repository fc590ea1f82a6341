"""Whatever is changed by hand in a rich tenant is seen, named, undone, and can be done again.

`make test` looks at one change of each kind, and leads some there and back; `make prove` does all.
"""

from collections.abc import Iterator, Sequence

import pytest

from diffapply.ddl.kinds import KINDS
from diffapply.model.hazards import HazardCode
from tests.acceptance.gallery import RICH, gallery
from tests.acceptance.mutations import MUTATIONS, MUTATIONS_18, Mutation
from tests.servers import EMBEDDED, Server

_FEW, _MANY = 4, 24
"""Mutations a test, in `make test` and otherwise: the processes of a test run share them."""

UNSEEN = {"other"}
"""What is left for a newer PostgreSQL to bring."""


def _of(server: Server) -> list[Mutation]:
    return [*MUTATIONS, *(MUTATIONS_18 if server.version >= 18 else ())]


def _numbers(*, first: bool) -> list[int]:
    """Numbers of mutations: of the first of each kind, or of all but those."""
    kinds = [mutation.kind for mutation in (*MUTATIONS, *MUTATIONS_18)]
    return [n for n, kind in enumerate(kinds) if (kinds.index(kind) == n) is first]


def _chosen(server: Server, *, first: bool) -> list[Mutation]:
    """Those that this server has."""
    its = _of(server)
    return [its[number] for number in _numbers(first=first) if number < len(its)]


def _batches(*, first: bool) -> Iterator[object]:
    """Numbers of mutations, in batches: the first of each kind, or all but those."""
    chosen = _numbers(first=first)
    few = _FEW if first else 0
    if few:
        yield pytest.param(tuple(chosen[:few]), id="few")
    for start in range(few, len(chosen), _MANY):
        name = f"{'first' if first else 'more'}{start // _MANY}"
        its = tuple(chosen[start : start + _MANY])
        yield pytest.param(its, id=name, marks=pytest.mark.prove)


def test_there_are_mutations_of_every_kind() -> None:
    assert len({mutation.sql for mutation in MUTATIONS}) >= 150
    seen = {kind.name for kind in KINDS.values() if not kind.is_right} - UNSEEN
    assert {mutation.kind for mutation in (*MUTATIONS, *MUTATIONS_18)} == seen


@pytest.mark.postgres(18, prove=(15, 16, 17, EMBEDDED))
def test_one_of_each_kind_is_seen_and_named(server: Server) -> None:
    """By fingerprint, and as a difference of the right kind and name."""
    _look_at(server, first=True)


@pytest.mark.prove
@pytest.mark.postgres(18, 15, 16, 17, EMBEDDED)
def test_every_other_mutation_is_seen_and_named(server: Server) -> None:
    _look_at(server, first=False)


def _look_at(server: Server, *, first: bool) -> None:
    with gallery(server) as here:
        here.build(RICH)
        here.look_at(_chosen(server, first=first))
        assert not here.wrong, "\n".join(here.wrong)


SAID = {
    *(HazardCode.DROPS_TABLE, HazardCode.DROPS_COLUMN, HazardCode.DROPS_SEQUENCE),
    *(HazardCode.DROPS_IDENTITY, HazardCode.RESETS_SEQUENCE, HazardCode.CONVERTS_VALUES),
    *(HazardCode.CHANGES_ATTRIBUTES, HazardCode.DROPS_OBJECT, HazardCode.REWRITES_TABLE),
    *(HazardCode.COMPUTES_VIEW, HazardCode.SCANS_TABLE),
    *(HazardCode.BUILDS_INDEX, HazardCode.FAILS_ON_ROWS),
    *(HazardCode.FAILS_ON_NULLS, HazardCode.FAILS_ON_VALUES),
}
"""What the changes make the table of kinds say, at least."""


@pytest.mark.postgres(18)
@pytest.mark.parametrize("first", [True, pytest.param(False, marks=pytest.mark.prove)])
def test_statements_say_what_they_risk(server: Server, *, first: bool) -> None:
    """The table of kinds and the parser, which do not know of each other, say the same of each.

    What is written anew, the parser cannot find: that is observed, when they are led there and
    back.
    """
    _ask_for_risks(server, _chosen(server, first=first))


@pytest.mark.prove
@pytest.mark.postgres(15)
def test_every_risk_is_said(server: Server) -> None:
    assert _ask_for_risks(server, _of(server)) >= SAID


def _ask_for_risks(server: Server, mutations: Sequence[Mutation]) -> set[HazardCode]:
    with gallery(server) as here:
        here.build(RICH)
        said = here.ask_for_risks(mutations)
        assert not here.wrong, "\n".join(here.wrong)
    return said


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
