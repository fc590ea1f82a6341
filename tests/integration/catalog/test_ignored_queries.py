"""Patterns mean the same to the server, which reads tenants, and to us, who filter snapshots."""

from collections import defaultdict

import pytest

from diffapply.catalog.ignored import without_ignored
from diffapply.catalog.reader import read_catalog, read_fingerprints
from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import FactKey
from diffapply.model.ignoring import USUAL, Ignoring
from diffapply.model.scope import Counting
from tests.acceptance.gallery import RICH, Gallery, gallery
from tests.servers import Server

_OTHERWISE = {
    "operator family": "only the server knows which classes it has",
    "column": "only the server knows which constraints need it",
    "cast": "its comment is no part of an object",
}
_EACH = 4
"""Facts of each kind that are tried."""


def _tried(keys: dict[FactKey, object]) -> list[FactKey]:
    by_kind: dict[str, list[FactKey]] = defaultdict(list)
    for key in keys:
        by_kind[key[0]].append(key)
    assert len(by_kind) > len(KINDS) * 3 // 4
    return [key for its in by_kind.values() for key in its[:_EACH]]


@pytest.mark.prove  # half a minute
@pytest.mark.postgres(15, 18)
def test_the_server_leaves_out_what_we_leave_out(server: Server) -> None:
    """A fact that is ignored is not read, nor is what belongs to it; all else is."""
    with gallery(server) as here:
        here.build(RICH)
        whole = read_catalog(here.connection, RICH)
        for kind, name in _tried(dict(whole.facts)):
            _compare(here, Ignoring(((f"{kind}:{name.replace('*', '?')}",),)), kind, name)


def _compare(here: Gallery, ignoring: Ignoring, kind: str, name: str) -> None:
    whole = read_catalog(here.connection, RICH)
    left = read_catalog(here.connection, RICH, counting=Counting(ignoring=ignoring))
    assert (kind, name) in whole.facts
    assert (kind, name) not in left.facts
    if kind not in _OTHERWISE:
        ours = without_ignored(whole, ignoring)
        # An index whose parts lack only in what is ignored is invalid to whoever ignores that.
        read = {key for key in left.facts if key[0] != "index validity" or key in ours.facts}
        assert read == ours.facts.keys(), f"{kind} {name}"
    found = read_fingerprints(here.connection, [RICH], counting=Counting(ignoring=ignoring))[RICH]
    assert found == left.fingerprint


@pytest.mark.postgres(18, prove=(15,))
def test_many_patterns_at_once(server: Server) -> None:
    """Of one list and of several, taken back in part."""
    with gallery(server) as here:
        here.build(RICH)
        whole = read_catalog(here.connection, RICH)
        lists = (
            (*USUAL, "*:parts*", "trigger:*", "index:*_idx", "!index:parts_v", "comment:TABLE *"),
            ("view:*", "materialized view:*", "rule:*", "policy:*"),
        )
        ignoring = Ignoring(lists)
        left = read_catalog(here.connection, RICH, counting=Counting(ignoring=ignoring))
        assert left.facts.keys() == without_ignored(whole, ignoring).facts.keys()
        assert not {"view", "trigger", "rule", "policy"} & left.by_kind.keys()
        assert (
            read_catalog(here.connection, RICH, counting=Counting(ignoring=Ignoring((USUAL,))))
            == whole
        )
