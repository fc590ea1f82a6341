"""What comes first in a plan, what makes room for it, and what is one statement."""

import pytest

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.statements import Draft, alter_column, alter_table
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.proposal.composition import joined
from diffapply.proposal.from_facts import propose
from diffapply.proposal.room import Room, referred_keys_to_go, retyped
from tests.unit.fact_samples import catalog, fact, key, partition, reference, serial, table

_NOTHING = Catalog.of([])
_ONE = table("one", "id integer", "n integer")


def _index(of: str, name: str, keys: str) -> Fact:
    return Fact("index", name, of, f"ON {of} USING btree ({keys})")


def _view(name: str, query: str) -> Fact:
    return fact("view", name, f"AS {query}")


def _plan(live: Catalog, goal: Catalog) -> list[str]:
    """The best way for each fact, in the order of the plan, each statement on a line."""
    ways = [proposal.options[0] for proposal in propose(Ends(live, goal)) if proposal.options]
    return [" ".join(draft.sql.split()) for way in ways for draft in way]


def _beginnings(statements: list[str], words: int = 3) -> list[str]:
    return [" ".join(its.split()[:words]) for its in statements]


class TestOrder:
    """As one reads."""

    def test_of_what_is_new(self) -> None:
        """Types; tables after those they refer to, each with what belongs to it; views."""
        goal = catalog(
            _view("v", "SELECT a.id FROM a"),
            table("a", "id integer", "b integer", "m mood"),
            key("a", "id"),
            reference("a", "b", "b"),
            _index("a", "ix", "b"),
            Fact("comment", "TABLE a", "a", "first"),
            table("b", "id integer"),
            key("b", "id"),
            [*serial("b", "id")],
            fact("enum", "mood", "ENUM ('sad', 'glad')"),
        )
        assert _plan(_NOTHING, goal) == [
            "CREATE TYPE mood AS ENUM ('sad', 'glad')",
            "CREATE TABLE b ( id serial, CONSTRAINT b_pkey PRIMARY KEY (id) )",
            (
                "CREATE TABLE a ( id integer, b integer, m mood, "
                "CONSTRAINT a_pkey PRIMARY KEY (id), "
                "CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES b(id) )"
            ),
            "CREATE INDEX ix ON a USING btree (b)",
            "COMMENT ON TABLE a IS 'first'",
            "CREATE VIEW v AS SELECT a.id FROM a",
        ]

    def test_of_what_goes(self) -> None:
        """The other way round; what belongs to a table goes with it, without a word."""
        live = catalog(
            table("a", "id integer", "b integer", "m mood"),
            reference("a", "b", "b"),
            _index("a", "ix", "b"),
            Fact("comment", "TABLE a", "a", "first"),
            table("b", "id integer"),
            key("b", "id"),
            fact("enum", "mood", "ENUM ('sad')"),
            _view("v", "SELECT a.id FROM a"),
        )
        dropped = ["DROP VIEW v", "DROP TABLE a", "DROP TABLE b", "DROP TYPE mood"]
        assert _plan(live, _NOTHING) == dropped

    def test_of_all_together(self) -> None:
        """New before changed, table by table; what is dropped last."""
        live = catalog(
            table("b", "id integer", "old text"),
            table("a", "id integer"),
            table("gone", "id integer"),
            _view("v", "SELECT 1"),
        )
        goal = catalog(
            table("b", "id bigint", "new text"),
            table("a", "id bigint"),
            _index("a", "ix", "id"),
            table("z", "id integer"),
            _view("w", "SELECT 1"),
        )
        assert _plan(live, goal) == [
            "CREATE TABLE z ( id integer )",
            "ALTER TABLE a ALTER COLUMN id TYPE bigint",
            "CREATE INDEX ix ON a USING btree (id)",
            "ALTER TABLE b ADD COLUMN new text",
            "ALTER TABLE b ALTER COLUMN id TYPE bigint",
            "ALTER TABLE b DROP COLUMN old",
            "CREATE VIEW w AS SELECT 1",
            "DROP VIEW v",
            "DROP TABLE gone",
        ]

    def test_of_the_changes_of_a_table(self) -> None:
        """Columns in their order, keys before checks and foreign keys, drops after that."""
        live = catalog(
            table("t", "x integer", "a integer"),
            fact("constraint", "old", "CHECK ((a > 0))", of="t"),
            table("other", "id integer"),
            key("other", "id"),
        )
        goal = catalog(
            table("t", "a integer", "b integer", "c integer"),
            fact("not null", "a", "NOT NULL", of="t"),
            key("t", "a"),
            reference("t", "b", "other"),
            fact("constraint", "checked", "CHECK ((c > 0))", of="t"),
            key("t", "b", word="UNIQUE"),
            table("other", "id integer"),
            key("other", "id"),
        )
        assert _beginnings(_plan(live, goal), 6) == [
            "ALTER TABLE t ADD COLUMN b",
            "ALTER TABLE t ADD COLUMN c",
            "ALTER TABLE t ALTER COLUMN a",
            "ALTER TABLE t ADD CONSTRAINT t_pkey",
            "ALTER TABLE t ADD CONSTRAINT t_b_key",
            "ALTER TABLE t ADD CONSTRAINT checked",
            "ALTER TABLE t ADD CONSTRAINT t_b_fkey",
            "ALTER TABLE t DROP CONSTRAINT old",
            "ALTER TABLE t DROP COLUMN x",
        ]

    def test_of_tables_in_a_circle(self) -> None:
        """One of the foreign keys is added when both tables are there."""
        goal = catalog(
            table("a", "id integer", "b integer"),
            key("a", "id"),
            reference("a", "b", "b"),
            table("b", "id integer", "a integer"),
            key("b", "id"),
            reference("b", "a", "a"),
        )
        made = [its for its in _plan(_NOTHING, goal) if its.startswith("CREATE")]
        assert ["b_a_fkey" in its for its in made] == [False, True]
        added = "ALTER TABLE a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES b(id)"
        assert added in _plan(_NOTHING, goal)

    def test_of_partitions(self) -> None:
        """After their table; what they get from it is not said."""
        columns = ("id integer", "k integer")
        goal = catalog(
            partition("a1", "p", "FOR VALUES IN (1)", *columns),
            key("a1", "id", "k"),
            Fact("index attachment", "a1_pkey", "a1", "TO p_pkey"),
            table("p", *columns, definition="TABLE PARTITION BY LIST (k)"),
            key("p", "id", "k"),
        )
        assert _plan(_NOTHING, goal) == [
            (
                "CREATE TABLE p ( id integer, k integer, "
                "CONSTRAINT p_pkey PRIMARY KEY (id, k) ) PARTITION BY LIST (k)"
            ),
            "CREATE TABLE a1 PARTITION OF p FOR VALUES IN (1)",
        ]

    def test_of_a_domain_that_calls_a_routine(self) -> None:
        """After the routine; another one before."""
        routine = "FUNCTION f() RETURNS integer LANGUAGE sql AS $$select 1$$"
        goal = catalog(
            fact("domain", "calls", "integer"),
            fact("domain default", "calls", "f()"),
            fact("routine", "f()", routine),
            fact("domain", "plain", "integer"),
        )
        assert _beginnings(_plan(_NOTHING, goal)) == [
            "CREATE DOMAIN plain",
            "CREATE FUNCTION f()",
            "CREATE DOMAIN calls",
        ]


class TestRoom:
    """What must be dropped before anything else."""

    @pytest.mark.parametrize(
        ("gone", "come"),
        [
            (_view("x", "SELECT 1"), [*_ONE, _index("one", "x", "n")]),
            (_index("one", "x", "n"), [*_ONE, _view("x", "SELECT 1")]),
            (_index("one", "x", "n"), [*_ONE, key("one", "n", word="UNIQUE", name="x")]),
            (fact("enum", "x", "ENUM ('a')"), [*_ONE, *table("x", "id integer")]),
            (_view('"The x"', "SELECT 1"), [*_ONE, _index("one", '"The x"', "n")]),
        ],
    )
    def test_who_has_a_name_that_is_needed(self, gone: Fact, come: list[Fact]) -> None:
        """Relations, indexes and keys share their names, and with types."""
        live, goal = catalog(_ONE, gone), catalog(come)
        assert Room(Ends(live, goal)).is_made_by(gone)
        assert _plan(live, goal)[0].startswith("DROP")

    def test_not_who_has_another_name(self) -> None:
        gone = _view("x", "SELECT 1")
        live, goal = catalog(_ONE, gone), catalog(_ONE, _index("one", "y", "n"))
        assert not Room(Ends(live, goal)).is_made_by(gone)
        assert _plan(live, goal)[-1] == "DROP VIEW x"

    def test_not_who_has_the_name_of_a_column(self) -> None:
        gone = _view("x", "SELECT 1")
        goal = catalog(table("one", "id integer", "n integer", "x integer"))
        assert not Room(Ends(catalog(_ONE, gone), goal)).is_made_by(gone)

    def test_an_index_that_would_be_built_again_before_it_goes(self) -> None:
        """Of a column that gets another type; an index of others waits."""
        built, other = _index("one", "a", "n"), _index("one", "b", "id")
        live = catalog(_ONE, built, other)
        goal = catalog(table("one", "id integer", "n bigint"))
        room = Room(Ends(live, goal))
        assert (room.is_made_by(built), room.is_made_by(other)) == (True, False)
        assert _plan(live, goal) == [
            "DROP INDEX a",
            "ALTER TABLE one ALTER COLUMN n TYPE bigint",
            "DROP INDEX b",
        ]

    def test_a_foreign_key_to_a_key_that_changes(self) -> None:
        two = table("two", "one integer")
        foreign = reference("two", "one", "one")
        live = catalog(_ONE, key("one", "id"), two, foreign)
        goal = catalog(_ONE, key("one", "id", "n"), two)
        assert Room(Ends(live, goal)).is_made_by(foreign)
        assert referred_keys_to_go(Ends(live, goal)) == [("constraint", "one.one_pkey")]
        assert _plan(live, goal)[0] == "ALTER TABLE two DROP CONSTRAINT two_one_fkey"

    def test_no_key_of_a_table_that_goes(self) -> None:
        live = catalog(_ONE, key("one", "id"), table("two", "one integer"))
        assert referred_keys_to_go(Ends(live, catalog(table("two", "one integer")))) == []

    def test_columns_that_get_another_type(self) -> None:
        """Not those that are computed otherwise, nor new ones."""
        live = catalog(table("t", "a integer", "b integer", "c integer"))
        goal = catalog(
            table("t", "a bigint", "b integer GENERATED ALWAYS AS (1) STORED", "d integer")
        )
        assert retyped(Ends(live, goal)) == [("column", "t.a")]


class TestComposition:
    """Changes of one table are one statement."""

    ADD = alter_table("t", "ADD COLUMN a integer")
    SET = alter_column(Fact("column", "t.b", "t", "integer"), "SET DEFAULT 1")
    OTHER = alter_table("u", "ADD COLUMN a integer")

    def test_those_that_follow_each_other(self) -> None:
        whole = "ALTER TABLE t ADD COLUMN a integer, ALTER COLUMN b SET DEFAULT 1"
        assert [its.sql for its in joined([self.ADD, self.SET])] == [whole]
        later = [its.sql for its in joined([self.ADD, self.OTHER, self.SET])]
        assert later == [self.ADD.sql, self.OTHER.sql, self.SET.sql]

    def test_not_those_of_another_table_or_of_its_children(self) -> None:
        only = alter_table("t", "ADD COLUMN c integer", only=True)
        assert len(joined([self.ADD, self.OTHER])) == 2
        assert len(joined([self.ADD, only])) == 2

    def test_no_other_statement(self) -> None:
        comment = Draft("COMMENT ON TABLE t IS 'x'")
        assert joined([self.ADD, comment, comment]) == (self.ADD, comment, comment)

    def test_types_of_many_columns_are_one_rewrite(self) -> None:
        """Each with its own conversion."""
        alter = KINDS["column"].ways_to_alter
        live = catalog(table("t", "a text", "b text"))
        goal = catalog(table("t", "a bigint", "b bigint"))
        ways = [
            alter(live.facts[key], goal.facts[key], Ends(live, goal))
            for key in (("column", f"t.{name}") for name in "ab")
        ]
        converting = [way for its in ways for way in its[2:3]]
        [whole] = joined(draft for way in converting for draft in way)
        assert whole.sql == (
            "ALTER TABLE t ALTER COLUMN a TYPE bigint USING a::bigint, "
            "ALTER COLUMN b TYPE bigint USING b::bigint"
        )

    def test_what_is_dropped_to_be_made_again_stays_known(self) -> None:
        """If one of the actions is of that sort, the statement is."""
        dropped = Draft("DROP VIEW v", anew=True)
        assert joined([self.ADD, dropped])[1].anew
        assert not joined([self.ADD, self.SET])[0].anew


class TestIndexes:
    """What is the same but for its name."""

    def test_each_of_one_pair_is_renamed_and_not_dropped_besides(self) -> None:
        """Two that go and three that come: two are renamed, one is created."""
        live = catalog(_ONE, *(_index("one", name, "n") for name in ("a", "b")))
        goal = catalog(_ONE, *(_index("one", name, "n") for name in ("x", "y", "z")))
        assert _plan(live, goal) == [
            "ALTER INDEX a RENAME TO x",
            "ALTER INDEX b RENAME TO y",
            "CREATE INDEX z ON one USING btree (n)",
        ]
        assert _plan(goal, live) == [
            "ALTER INDEX x RENAME TO a",
            "ALTER INDEX y RENAME TO b",
            "DROP INDEX z",
        ]
