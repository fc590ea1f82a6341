"""Definitions as values: what they say is told from names and constants that say the same."""

from dataclasses import FrozenInstanceError, replace

import pytest

from diffapply.catalog.comparison import field_changes
from diffapply.ddl.kinds import KINDS
from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import Difference, Fact, FieldChange
from diffapply.render.differences.items import Item, comparison, sides
from diffapply.values import (
    Aggregate,
    Check,
    Column,
    Composite,
    Constraint,
    Default,
    Enum,
    Exclude,
    ForeignKey,
    ForeignOptions,
    Granted,
    Identity,
    Index,
    Key,
    NotNull,
    Parameters,
    Partition,
    Policy,
    Privileges,
    Range,
    Sequence,
    Table,
    Value,
    not_null_name,
)

_OPTIONS = "START WITH 1 INCREMENT BY {} MINVALUE -9 MAXVALUE 9 CACHE 1 NO CYCLE"
_READ: list[tuple[str, str, Value]] = [
    ("column", "integer", Column("integer")),
    ("column", 'text COLLATE "C" INHERITED', Column("text", '"C"', inherited=True)),
    ("column", '"a COLLATE ""C"" INHERITED"(3)', Column('"a COLLATE ""C"" INHERITED"(3)')),
    (
        "column",
        "text GENERATED ALWAYS AS ((a || ') STORED INHERITED'::text)) VIRTUAL INHERITED",
        Column("text", None, "(a || ') STORED INHERITED'::text)", "VIRTUAL", inherited=True),
    ),
    (
        "not null",
        'CONSTRAINT " NOT VALID" NOT NULL NO INHERIT INHERITED',
        NotNull('" NOT VALID"', no_inherit=True, inherited=True),
    ),
    (
        "identity",
        f'GENERATED ALWAYS AS IDENTITY (LOGGED SEQUENCE NAME "s START WITH" {_OPTIONS.format(-3)})',
        Identity(1, -3, -9, 9, 1, False, "GENERATED ALWAYS", '"s START WITH"', "LOGGED"),  # noqa: FBT003 - in the order of the options
    ),
    (
        "table",
        "UNLOGGED TABLE PARTITION BY LIST ((a || ' USING heap'::text)) USING other",
        Table(
            unlogged=True,
            partitioned_by="LIST ((a || ' USING heap'::text))",
            method="other",
        ),
    ),
    (
        "table",
        "FOREIGN TABLE SERVER s OPTIONS (a ', b ''c''', \"d e\" E'\\\\')",
        Table(
            foreign=True,
            server="s",
            options=ForeignOptions((("a", "', b ''c'''"), ('"d e"', r"E'\\'"))),
        ),
    ),
    (
        "partition",
        "OF \"a DEFAULT\" FOR VALUES IN (' DETACH PENDING') DETACH PENDING",
        Partition('"a DEFAULT"', "FOR VALUES IN (' DETACH PENDING')", detach_pending=True),
    ),
    (
        "constraint",
        'UNIQUE NULLS NOT DISTINCT ("b )", c) INCLUDE (d) DEFERRABLE INITIALLY DEFERRED',
        Key(
            "UNIQUE NULLS NOT DISTINCT",
            ('"b )"', "c"),
            ("d",),
            deferrable=True,
            initially_deferred=True,
        ),
    ),
    (
        "constraint",
        (
            'FOREIGN KEY (a, PERIOD b) REFERENCES s."t(a)"(c, PERIOD d) MATCH FULL '
            "ON UPDATE SET NULL ON DELETE SET DEFAULT (a) NOT VALID"
        ),
        ForeignKey(
            ("a", "PERIOD b"),
            's."t(a)"',
            ("c", "PERIOD d"),
            "FULL",
            "SET NULL",
            "SET DEFAULT (a)",
            valid=False,
        ),
    ),
    (
        "constraint",
        "CHECK ((a <> ') NO INHERIT NOT VALID'::text)) NO INHERIT NOT ENFORCED",
        Check("(a <> ') NO INHERIT NOT VALID'::text)", no_inherit=True, enforced=False),
    ),
    (
        "constraint",
        (
            "EXCLUDE USING gist (c WITH &&, f(a, b) WITH =) INCLUDE (d) "
            "WITH (fillfactor='70', buffering=auto) WHERE ((a > 1)) DEFERRABLE"
        ),
        Exclude(
            "gist",
            ("c WITH &&", "f(a, b) WITH ="),
            "d",
            Parameters((("fillfactor", "'70'"), ("buffering", "auto"))),
            "(a > 1)",
            deferrable=True,
        ),
    ),
    (
        "index",
        (
            'ON "t USING" UNIQUE USING btree (lower(a), "b,c" DESC NULLS LAST) INCLUDE (x) '
            "NULLS NOT DISTINCT WITH (fillfactor='60', deduplicate_items=off) "
            "WHERE (a <> ' WITH (')"
        ),
        Index(
            '"t USING"',
            True,  # noqa: FBT003 - unique
            "btree",
            ("lower(a)", '"b,c" DESC NULLS LAST'),
            "x",
            True,  # noqa: FBT003 - nulls not distinct
            Parameters((("fillfactor", "'60'"), ("deduplicate_items", "off"))),
            "(a <> ' WITH (')",
        ),
    ),
    ("enum", "ENUM ('a, b', E'c''\\\\')", Enum(("'a, b'", r"E'c''\\'"))),
    ("enum", "ENUM ()", Enum(())),
    (
        "composite type",
        '(a numeric(10,2), "b, c" text COLLATE "C")',
        Composite((("a", "numeric(10,2)"), ('"b, c"', 'text COLLATE "C"'))),
    ),
    (
        "range type",
        'RANGE (SUBTYPE = "x, y", MULTIRANGE_TYPE_NAME = m)',
        Range((("SUBTYPE", '"x, y"'), ("MULTIRANGE_TYPE_NAME", "m"))),
    ),
    (
        "policy",
        (
            "AS RESTRICTIVE FOR ALL TO PUBLIC, \"a, b\" USING ((a = ') WITH CHECK ('::text)) "
            "WITH CHECK (true)"
        ),
        Policy("RESTRICTIVE", "ALL", 'PUBLIC, "a, b"', "(a = ') WITH CHECK ('::text)", "true"),
    ),
    ("privilege", 'SELECT ("a, b"), UPDATE (c)', Privileges(('SELECT ("a, b")', "UPDATE (c)"))),
]


@pytest.mark.parametrize(("kind", "definition", "value"), _READ)
def test_what_is_read_is_written_again(kind: str, definition: str, value: Value) -> None:
    read = KINDS[kind].value.of(Fact(kind, "x", "x", definition))
    assert read == value
    assert str(value) == definition


def test_each_text_is_read_once() -> None:
    one, other = (Fact("column", name, "t", "text INHERITED") for name in ("t.a", "t.b"))
    assert Column.of(one) is Column.of(other)


def test_a_value_stays_as_it_is() -> None:
    value = Column("text")
    with pytest.raises(FrozenInstanceError):
        value.type = "integer"  # type: ignore[misc]
    assert str(replace(value, inherited=True)) == "text INHERITED"


@pytest.mark.parametrize(
    ("kind", "definition"),
    [
        ("column", ""),
        ("not null", "NULL"),
        ("identity", "GENERATED ALWAYS AS IDENTITY"),
        ("sequence", "AS integer"),
        ("sequence", f"AS integer START WITH {'9' * 5_000} {_OPTIONS[13:].format(1)}"),
        ("table", "VIEW"),
        ("partition", "OF t"),
        ("inherits", "a b"),
        ("constraint", "PRIMARY KEY (a) NO INHERIT"),
        ("constraint", "FOREIGN KEY (a)"),
        ("constraint", "CHECK x"),
        ("constraint", "EXCLUDE"),
        ("constraint", "EXCLUDE USING gist (a WITH &&"),
        ("constraint", "SOMETHING"),
        ("domain constraint", "UNIQUE (a)"),
        ("index", "ON t USING btree"),
        ("index", "ON t USING btree ()"),
        ("index", "ON t USING btree (a"),
        ("index", "ON t USING btree (a) TABLESPACE x"),
        ("index attachment", "x"),
        ("enum", "ENUM (a)"),
        ("enum", "ENUM ("),
        ("composite type", "(a)"),
        ("range type", "(a)"),
        ("policy", "AS PERMISSIVE"),
        ("aggregate", "a"),
        ("aggregate", "a (SFUNC = f"),
        ("view", "SELECT 1"),
        ("materialized view", "SELECT 1"),
        ("storage parameters", "fillfactor"),
        ("foreign column options", "a"),
    ],
)
def test_what_postgresql_does_not_write(kind: str, definition: str) -> None:
    """Such as what an altered plan file says: an error with a sentence."""
    with pytest.raises(UnreadableFactError, match="in a form that PostgreSQL writes"):
        KINDS[kind].value.of(Fact(kind, "x", "x", definition))


def test_a_range_without_its_parts_is_refused() -> None:
    its = Range.read("RANGE (CANONICAL = f)")
    with pytest.raises(UnreadableFactError, match="defines no Range"):
        _ = its.subtype


def test_quotes_without_end_are_refused_at_once() -> None:
    """However many there are: there is one way to read them."""
    with pytest.raises(UnreadableFactError):
        Column.read('"' * 10_001 + " COLLATE ")
    with pytest.raises(UnreadableFactError):
        Constraint.read("PRIMARY KEY (" + '""' * 5_000)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TABLE t TO PUBLIC", Granted("TABLE", "t", None, "PUBLIC")),
        (
            'TABLE "a TO b" ("c TO d") TO "e AS OWNER" WITH GRANT OPTION',
            Granted("TABLE", '"a TO b"', '"c TO d"', '"e AS OWNER"', grantable=True),
        ),
        (
            'FUNCTION f(integer, "a (b) TO c") TO x AS OWNER',
            Granted("FUNCTION", 'f(integer, "a (b) TO c")', None, "x", as_owner=True),
        ),
    ],
)
def test_the_name_of_a_grant(name: str, expected: Granted) -> None:
    assert Granted.of(Fact("privilege", name, "t", "SELECT")) == expected
    assert str(expected) == name


def test_the_name_of_a_default_privilege() -> None:
    fact = Fact("default privilege", 'FOR ROLE "a ON b" ON TABLES TO c', "default privileges", "S")
    assert Granted.of(fact).by_default == ('"a ON b"', "TABLES")


@pytest.mark.parametrize(
    ("fact", "part"),
    [
        (Fact("column", '"t.u"."v.w"', '"t.u"', "text"), '"v.w"'),
        (Fact("table", "t", "t", "TABLE"), "t"),
        (Fact("index", '"t.i"', "t", "…"), '"t.i"'),
        (Fact("sequence owner", "t_id_seq", "t", "t.id"), "t_id_seq"),
        (
            Fact("operator family member", "f USING btree OPERATOR 1 (a, b)", "f USING btree", "…"),
            "OPERATOR 1 (a, b)",
        ),
        (Fact("owner", "TABLE t", "t", "me"), "TABLE t"),
    ],
)
def test_the_part_of_a_fact(fact: Fact, part: str) -> None:
    """Its name within its object; all of it where that says no object."""
    assert fact.part == part


def test_the_name_that_postgresql_gives() -> None:
    fact = Fact("not null", '"T""x".a', '"T""x"', "NOT NULL")
    assert not_null_name(fact) == '"T""x_a_not_null"'


def test_what_an_aggregate_takes() -> None:
    its = Aggregate.read('"a(b"(integer, VARIADIC "x)y"[]) (SFUNC = f, FINALFUNC_EXTRA)')
    assert its.signature == '"a(b"(integer, VARIADIC "x)y"[])'
    assert its.settings.by_name == {"SFUNC": "f", "FINALFUNC_EXTRA": ""}


def test_a_default_without_its_draws() -> None:
    default = Default("('X'::text || nextval('s'::regclass))")
    assert (default.sequence, default.is_number) == ("s", False)
    assert default.without_draws == "('X'::text || )"


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807", ""),
        ("AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647", "AS integer"),
        (
            "AS bigint START WITH 5 INCREMENT BY 2 MINVALUE 1 MAXVALUE 9223372036854775807",
            "START WITH 5 INCREMENT BY 2",
        ),
    ],
)
def test_a_sequence_says_only_what_is_unusual(definition: str, said: str) -> None:
    assert Sequence.read(f"{definition} CACHE 1 NO CYCLE").said == said


def _identity(increment: int) -> str:
    options = _OPTIONS.format(increment)
    return f"GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME t_id_seq {options})"


class TestChanges:
    def test_field_by_field(self) -> None:
        changed = Difference("identity", "t.id", "changed", _identity(5), _identity(1))
        assert field_changes(changed) == (FieldChange("increment", "5", "1"),)
        assert Item(changed).named == "changed identity t.id"
        assert [*map(str, comparison(changed))] == ["desired  increment 5", "live     increment 1"]

    def test_of_a_setting(self) -> None:
        """By its name, and with nothing where it is not set."""
        changed = Difference(
            "storage parameters",
            "t",
            "changed",
            "fillfactor='70', autovacuum_enabled='false', toast.autovacuum_enabled='false'",
            "autovacuum_enabled='false', toast.autovacuum_enabled='false'",
        )
        assert field_changes(changed) == (FieldChange("fillfactor", "'70'", None),)
        assert sides(changed) == ("fillfactor '70'", "fillfactor none")

    def test_both_definitions_where_that_is_shorter(self) -> None:
        """All that a plain column says is its type."""
        changed = Difference("column", "t.a", "changed", "character varying(255)", "text")
        assert field_changes(changed) == (FieldChange("type", "character varying(255)", "text"),)
        told = ["desired  character varying(255)", "live     text"]
        assert [*map(str, comparison(changed))] == told

    @pytest.mark.parametrize(
        ("kind", "desired", "live"),
        [
            ("comment", "one", "other"),  # compared as a whole
            ("composite type", "(a integer, b text)", "(b text, a integer)"),  # another order
            ("constraint", "UNIQUE (a)", "nothing known"),
            ("a kind of a newer version", "one", "other"),
            ("column", "text", None),
        ],
    )
    def test_where_it_cannot_be_told(self, kind: str, desired: str, live: str | None) -> None:
        assert field_changes(Difference(kind, "x", "changed", desired, live)) == ()


@pytest.mark.parametrize(
    ("had", "wanted", "changes"),
    [
        ("a='1', b='2'", "a='1', b='3'", ["SET (b='3')"]),
        ("a='1', b='2'", "a='3', b='2'", ["SET (a='3', b='2')"]),
        ("a='1', b='2', c='3'", "a='1', c='3'", ["RESET (b)"]),
        ("a='1', b='2'", "b='2', c='3'", ["RESET (a)", "SET (c='3')"]),
        ("a='1', b='2'", "b='2', a='1'", ["SET (a='1')"]),
    ],
)
def test_what_is_set_comes_last(had: str, wanted: str, changes: list[str]) -> None:
    """As PostgreSQL keeps parameters, and pg_dump says them."""
    before, after = (Parameters.read(its) for its in (had, wanted))
    assert before.changes_to(after) == changes
