"""What is done to a part of something that goes later is left out."""

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.statements import Ways, dropped_anew
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.rehearsal.search.ran import Ran
from diffapply.rehearsal.search.sparing import spared

_TABLE = Fact("table", "t", "t", "TABLE")
_COLUMN = Fact("column", "t.a", "t", "bigint")
_WIDER = Fact("column", "t.a", "t", "numeric")
_DEFAULT = Fact("default", "t.a", "t", "0")
_NOT_NULL = Fact("not null", "t.a", "t", "NOT NULL")
_KEY = Fact("constraint", "t.f", "t", "FOREIGN KEY (a) REFERENCES u(b)")
_ALL = Catalog.of([_TABLE, _COLUMN, _DEFAULT, _NOT_NULL, _KEY])


def _ran(fact: Fact, ways: Ways) -> Ran:
    return Ran(ways[0], fact.key)


def _drop(fact: Fact) -> Ran:
    return _ran(fact, KINDS[fact.kind].drop(fact, _ALL))


def _create(fact: Fact) -> Ran:
    return _ran(fact, KINDS[fact.kind].create(fact, _ALL))


def _anew(fact: Fact) -> Ran:
    return Ran((*dropped_anew(_drop(fact).way), *_create(fact).way), fact.key)


_OTHER = _create(Fact("column", "u.x", "u", "integer"))
_NO_COLUMN = Ends(_ALL, Catalog.of([_TABLE]))
_NO_TABLE = Ends(_ALL, Catalog.of([]))
_PLAIN = Ends(_ALL, Catalog.of([_TABLE, _COLUMN]))


def test_nothing_is_set_of_a_column_that_is_made_anew() -> None:
    anew = _anew(_COLUMN)
    for change in (_drop(_DEFAULT), _drop(_NOT_NULL), _create(_NOT_NULL)):
        assert spared((change, _OTHER, anew), _PLAIN) == (_OTHER, anew)
        assert spared((anew, _OTHER, change), _PLAIN) == (anew, _OTHER, change)


def test_a_column_that_is_altered_keeps_what_is_set() -> None:
    ends = Ends(_ALL, Catalog.of([_TABLE, _WIDER]))
    altered = _ran(_WIDER, KINDS["column"].ways_to_alter(_COLUMN, _WIDER, ends))
    assert "TYPE numeric" in altered.way[0].sql
    assert spared((_drop(_DEFAULT), altered), ends) == (_drop(_DEFAULT), altered)


def test_what_goes_goes_where_a_part_of_it_made_room() -> None:
    for whole, ends in ((_COLUMN, _NO_COLUMN), (_TABLE, _NO_TABLE)):
        changes = (_drop(_KEY), _OTHER, _drop(whole))
        assert spared(changes, ends) == (_drop(whole), _OTHER)
        assert spared(changes, ends, in_turn=True) == (_OTHER, _drop(whole))


def test_values_of_what_goes_are_left_alone() -> None:
    changes = (_drop(_COLUMN), _OTHER, _drop(_TABLE))
    assert spared(changes, _NO_TABLE) == changes
