"""Columns that number their rows, as people write them."""

from dataclasses import replace

import pytest

from diffapply.ddl.structure.lookup import chosen_name
from diffapply.ddl.structure.serial import identity, said_by_serial, serial, usual_sequence
from diffapply.model.catalog import Catalog, Fact, FactKey
from tests.unit.fact_samples import INTEGER, catalog, table
from tests.unit.fact_samples import serial as numbered

_ID: FactKey = ("column", "t.id")
_GENERATED = "GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME {} {})"


def _table(name: str = "t", type_: str = "integer", **definitions: str) -> Catalog:
    """A table with a serial column, and another definition of some kinds of fact."""
    facts = [*table(name, f"id {type_}"), *numbered(name, "id")]
    other = {kind.replace("_", " "): its for kind, its in definitions.items()}
    return Catalog.of(replace(its, definition=other.get(its.kind, its.definition)) for its in facts)


def _without(kind: str) -> Catalog:
    return Catalog.of(its for its in _table().facts.values() if its.kind != kind)


def _word(its: Catalog) -> str | None:
    [column] = its.by_kind["column"]
    return serial(column, its)


@pytest.mark.parametrize(
    ("type_", "largest", "word"),
    [
        ("smallint", 2**15 - 1, "smallserial"),
        ("integer", 2**31 - 1, "serial"),
        ("bigint", 2**63 - 1, "bigserial"),
    ],
)
def test_a_word_for_each_type(type_: str, largest: int, word: str) -> None:
    numbers = INTEGER.replace("integer", type_).replace(str(2**31 - 1), str(largest))
    assert _word(_table(type_=type_, sequence=numbers)) == word


@pytest.mark.parametrize(
    "its",
    [
        _without("default"),
        _without("not null"),
        _without("sequence"),
        _without("sequence owner"),
        _table(default="nextval('other'::regclass)"),
        _table(default="(nextval('t_id_seq'::regclass) + 1)"),
        _table(not_null="CONSTRAINT mine NOT NULL"),
        _table(sequence=INTEGER.replace("INCREMENT BY 1", "INCREMENT BY 5")),
        _table(sequence=INTEGER.replace("START WITH 1", "START WITH 7")),
        _table(sequence=f"UNLOGGED {INTEGER}"),
        _table(table="UNLOGGED TABLE"),
        _table(sequence_owner="t.other"),
        _table(type_="numeric"),
    ],
)
def test_no_word_where_anything_is_unusual(its: Catalog) -> None:
    assert _word(its) is None


def test_the_sequence_of_an_unlogged_table_is_unlogged() -> None:
    assert _word(_table(table="UNLOGGED TABLE", sequence=f"UNLOGGED {INTEGER}")) == "serial"


def test_the_word_says_the_sequence_and_its_owner() -> None:
    its = _table()
    for key in (("sequence", "t_id_seq"), ("sequence owner", "t_id_seq")):
        assert said_by_serial(its.facts[key], its) == (_ID,)
    other = _table(not_null="CONSTRAINT mine NOT NULL")
    assert said_by_serial(other.facts["sequence", "t_id_seq"], other) == ()
    assert said_by_serial(Fact("sequence", "s", "s", INTEGER), its) == ()


@pytest.mark.parametrize(
    ("object_", "part", "name"),
    [
        ("t", "id", "t_id_seq"),
        ('"The t"', "id", '"The t_id_seq"'),
        ("t", '"select"', "t_select_seq"),
        ('"a""b"', "id", '"a""b_id_seq"'),
        ("t" * 56, "id", "t" * 56 + "_id_seq"),
        ("t" * 57, "id", "t" * 56 + "_id_seq"),
        ("t" * 40, "i" * 40, "t" * 29 + "_" + "i" * 29 + "_seq"),
        ("t" * 20, "i" * 60, "t" * 20 + "_" + "i" * 38 + "_seq"),
        ('"' + "é" * 28 + '"', "id", '"' + "é" * 28 + '_id_seq"'),
        ('"' + "é" * 28 + 'x"', "id", ""),
    ],
)
def test_the_name_that_postgresql_gives_a_sequence(object_: str, part: str, name: str) -> None:
    """63 bytes at most; what is longer is cut. How long letters are is not foretold."""
    assert usual_sequence(Fact("column", f"{object_}.{part}", object_, "integer")) == name


def test_names_are_chosen_without_quotes_in_between() -> None:
    assert chosen_name("t", '"A"', "b", "idx") == '"t_A_b_idx"'
    assert chosen_name('"user"') == '"user"'


def test_what_is_longer_is_cut() -> None:
    """As `makeObjectName` does it; a table's name alone keeps more before a key's ending."""
    assert chosen_name("t" * 60, "pkey") == "t" * 58 + "_pkey"
    assert chosen_name("t" * 36, "c" * 40, "d", "idx1") == "t" * 29 + "_" + "c" * 28 + "_idx1"


@pytest.mark.parametrize(
    ("sequence", "options", "said"),
    [
        ("t_id_seq", "START WITH 1 INCREMENT BY 1", ""),
        ("other", "START WITH 1 INCREMENT BY 1", " (SEQUENCE NAME other)"),
        ("t_id_seq", "START WITH 9 INCREMENT BY 1", " (START WITH 9)"),
        ("t_id_seq", "START WITH 1 INCREMENT BY 5", " (INCREMENT BY 5)"),
    ],
)
def test_an_identity_says_what_is_unusual(sequence: str, options: str, said: str) -> None:
    options = f"{options} MINVALUE 1 MAXVALUE {2**31 - 1} CACHE 1 NO CYCLE"
    fact = Fact("identity", "t.id", "t", _GENERATED.format(sequence, options))
    its = catalog(table("t", "id integer"), fact)
    assert identity(fact, its) == f"GENERATED ALWAYS AS IDENTITY{said}"
    # Of a column of another type, such as a domain, all is said.
    whole = catalog(table("t", "id d"), fact)
    assert identity(fact, whole) == fact.definition
