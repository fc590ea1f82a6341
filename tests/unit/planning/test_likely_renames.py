"""Which drops and adds look like renames, and which do not."""

import pytest

from diffapply.desired import Declarable
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.rename import Rename
from diffapply.planning.notes.likely_renames import notes
from diffapply.planning.notes.subject import Subject


def table(name: str, columns: str, definition: str = "TABLE") -> list[Fact]:
    """A table with columns given as `name type, name type`."""
    found = [Fact("table", name, name, definition)]
    for number, column in enumerate(filter(None, columns.split(", ")), 1):
        part, _, kind = column.partition(" ")
        found.append(Fact("column", f"{name}.{part}", name, kind, number))
    return found


def enum(name: str, *labels: str) -> Fact:
    return Fact("enum", name, name, f"ENUM ({', '.join(labels)})")


def catalog(*facts: Fact | list[Fact]) -> Catalog:
    return Catalog.of(f for its in facts for f in (its if isinstance(its, list) else [its]))


def pairs(live: Catalog, goal: Catalog, *renames: Rename) -> list[str]:
    """What the hints are about, such as `column t.a → b`."""
    return [its.partition(" looks ")[0] for its in notes(Subject(live, goal, renames))]


@pytest.mark.parametrize(
    ("had", "wants", "expected"),
    [
        ("id integer, a text, z date", "id integer, b text, z date", ["a → b"]),
        # The tenant's columns are in the order in which they came.
        ("id integer, z date, k date, a text", "a2 text, id integer, k date, z date", []),
        ("z date, id integer, a text", "id integer, b text, z date", ["a → b"]),
        ("a text, z date, id integer", "id integer, b text, z date", ["a → b"]),
        # At the same place, and nowhere else.
        ("id integer, a text", "id integer, n date, m date, b text", []),
        ("a text, id integer, z date", "id integer, z date, b text", []),
        # Neither between other columns, nor in a table with as many.
        (
            "id integer, a text, b text, z text",
            "id integer, c text, d text, e date, z text, a date",
            [],
        ),
        # Only a type that may become the other.
        ("id integer, a text", "id integer, b date", []),
        ("id integer, a text", "id integer, b text[]", []),
        ("a character varying(20)", "b character varying(40)", ["a → b"]),
        ("a character varying(20)", "b text", ["a → b"]),
        ("a integer", "b numeric(10,2)", ["a → b"]),
        ("a timestamp(3) without time zone", "b timestamp with time zone", ["a → b"]),
        ("a boolean", "b integer", []),
        ("a mood", "b mood", ["a → b"]),
        ("a mood", "b state", []),
        # One for each, the likeliest.
        ("id integer, a text", "id integer, b text, c text", ["a → b"]),
        ("id integer, a text, b text", "id integer, c text", ["a → c"]),
        ("a text, b text", "c text, d text", ["a → c", "b → d"]),
        ("a text, b integer", "c text, d smallint", ["a → c", "b → d"]),
        ("a text, b date, c text", "x text, b date, y text", ["a → x", "c → y"]),
        ("a integer, b bigint", "c bigint, d integer", ["a → c", "b → d"]),
        # What is computed loses nothing.
        (
            "a integer GENERATED ALWAYS AS (1) STORED",
            "b integer GENERATED ALWAYS AS (1) STORED",
            [],
        ),
        ("a integer", "b integer GENERATED ALWAYS AS (1) STORED", []),
        ("a integer INHERITED", "b integer INHERITED", []),
        ("a integer", "a integer, b integer", []),
        ("a integer, b integer", "a integer", []),
    ],
)
def test_columns(had: str, wants: str, expected: list[str]) -> None:
    """Type and place make it likely."""
    found = pairs(catalog(table("t", had)), catalog(table("t", wants)))
    assert sorted(found) == [f"column t.{its}" for its in expected]


def test_names_that_are_likely_in_one_table_are_asked_in_all() -> None:
    """Wherever the types fit; a mixin moves them."""

    def ends(name: str) -> Catalog:
        return catalog(
            table("t", f"id integer, {name} text, z date"),
            table(
                "u",
                f"{name} text, id integer" if name == "a" else f"id integer, y date, {name} text",
            ),
            table("v", f"{name} text, id integer" if name == "a" else "id integer, y date, b date"),
            table("w", f"{name} text, id integer" if name == "a" else "id integer, y text, c text"),
        )

    assert pairs(ends("a"), ends("b")) == ["column t.a → b", "column u.a → b"]


def test_names_that_are_likely_elsewhere_break_a_tie() -> None:
    live, goal = (
        catalog(*(table(name, columns) for name, columns in ends.items()))
        for ends in (
            {"t": "id integer, k text", "u": "id integer, k text, z date"},
            {"t": "id integer, p text", "u": "id integer, n text, p text, z date"},
        )
    )
    assert pairs(live, goal) == ["column t.k → p", "column u.k → p"]


def indexed(name: str, columns: str, *on: str) -> list[Fact]:
    """A table with indexes on these columns, as PostgreSQL words them."""
    facts = table(name, columns)
    for column in on:
        text = f"ON {name} USING btree ({column})"
        facts.append(Fact("index", f"ix_{name}_{column}", name, text))
    return facts


@pytest.mark.parametrize(
    ("had", "wants", "expected"),
    [
        (("a text, id integer", "a"), ("id integer, x text, b text", "b"), ["a → b"]),
        # Only if nothing else could be meant.
        (("a text, id integer", "a"), ("id integer, x text, b text", "x", "b"), []),
        (("a text, c text, id integer", "a", "c"), ("id integer, x date, b text", "b"), []),
        (("a text, id integer", "a"), ("id integer, x text, b date", "b"), []),
        (("a text, id integer", "a"), ("id integer, x text, b text",), []),
        (("a text, id integer",), ("id integer, x text, b text",), []),
        (("a text, id integer", "a"), ("id integer, x text, b text", "lower(b)"), []),
    ],
)
def test_columns_whose_index_goes_along(
    had: tuple[str, ...], wants: tuple[str, ...], expected: list[str]
) -> None:
    """It tells what a column is for, wherever that stands."""
    found = pairs(catalog(indexed("t", *had)), catalog(indexed("t", *wants)))
    assert found == [f"column t.{its}" for its in expected]


def test_columns_whose_constraint_or_default_goes_along() -> None:
    """A default does so only if the names are alike: many columns have the same."""

    def pair(kind: str, text: str, old: str, new: str) -> list[str]:
        had, wants = f"{old} text, id integer", f"id integer, x text, {new} text"
        live, goal = (
            catalog(
                table("t", columns),
                Fact(kind, f"t.{name if kind == 'default' else 'c'}", "t", text.format(name)),
            )
            for name, columns in ((old, had), (new, wants))
        )
        return pairs(live, goal)

    assert pair("constraint", "UNIQUE ({})", "a", "b") == ["column t.a → b"]
    assert pair("constraint", "CHECK (({} > 'k'::text))", "a", "b") == ["column t.a → b"]
    assert pair("default", "now()", "a", "b") == []
    assert pair("default", "now()", "made", "made_on") == ["column t.made → made_on"]


def test_columns_that_number_the_rows_are_no_others() -> None:
    """A key that is made of other columns does not have their numbers."""
    default = Fact("default", "t.id", "t", "nextval('s'::regclass)")
    live, goal = (table("t", f"{its} integer, a text") for its in ("id", "org"))
    assert pairs(catalog(live, default), catalog(goal)) == []
    assert pairs(catalog(live), catalog(goal)) == ["column t.id → org"]
    same = Fact("default", "t.org", "t", "nextval('s'::regclass)")
    assert pairs(catalog(live, default), catalog(goal, same)) == ["column t.id → org"]


def test_columns_that_lead_to_other_keys_are_no_others() -> None:
    one, more = (
        Fact("constraint", "t.k", "t", f"FOREIGN KEY ({its}) REFERENCES o({its})")
        for its in ("a", "b, c")
    )
    elsewhere = Fact("constraint", "t.k", "t", "FOREIGN KEY (b) REFERENCES p(b)")
    same = Fact("constraint", "t.k", "t", "FOREIGN KEY (b) REFERENCES o(b)")
    live, goal = table("t", "id integer, a text"), table("t", "id integer, b text")
    with_c = table("t", "id integer, b text, c text")
    assert pairs(catalog(live, one), catalog(with_c, more)) == []
    assert pairs(catalog(live, one), catalog(goal, elsewhere)) == []
    assert pairs(catalog(live, one), catalog(goal, same)) == ["column t.a → b"]
    assert pairs(catalog(live, one), catalog(goal)) == ["column t.a → b"]


def test_columns_that_cannot_be_renamed_there() -> None:
    """Those of a partition are its table's, and those of a typed table its type's."""
    for kind, definition in (("partition", "OF t FOR VALUES IN (1)"), ("of type", "c")):
        own = Fact(kind, "p", "p", definition)
        live, goal = (catalog(table("p", f"{name} text"), own) for name in "ab")
        assert pairs(live, goal) == []


_LONG = "id integer, a text, b date, c text"


@pytest.mark.parametrize(
    ("live", "goal", "expected"),
    [
        ({"t": _LONG}, {"u": _LONG}, ["t → u"]),
        ({"t": _LONG}, {"u": "c text, id integer, a text, e date"}, ["t → u"]),
        ({"t": _LONG}, {"u": "id integer, a text, e date, f text"}, []),
        ({"t": _LONG}, {"u": f"{_LONG}, d text, e text, f text"}, ["t → u"]),
        ({"t": _LONG}, {"u": f"{_LONG}, d text, e text, f text, g text"}, []),
        ({"t": "id integer"}, {"u": "id integer"}, ["t → u"]),
        ({"t": "id integer"}, {"u": "id integer, a text"}, []),
        ({"t": ""}, {"u": ""}, []),
        # Of two that are equally likely, the first by name.
        ({"t": _LONG, "s": _LONG}, {"u": _LONG}, ["s → u"]),
        ({"t": _LONG}, {"s": _LONG, "u": _LONG}, ["t → s"]),
        ({"t": _LONG, "s": "k text, l text"}, {"u": f"{_LONG}, d text", "v": _LONG}, ["t → v"]),
        ({"t": _LONG, "u": _LONG}, {"u": _LONG}, []),
        ({"t": _LONG}, {"t": _LONG, "u": _LONG}, []),
    ],
)
def test_tables(live: dict[str, str], goal: dict[str, str], expected: list[str]) -> None:
    """Most columns are equal; what is in them is asked about when that is declared."""
    one, other = (catalog(*(table(*its) for its in ends.items())) for ends in (live, goal))
    assert pairs(one, other) == [f"table {its}" for its in expected]


def test_names_break_a_tie() -> None:
    """Between tables, and between columns."""
    names = ("task_inlet_asset_reference", "task_outlet_asset_reference")
    live = catalog(table("task_outlet_dataset_reference", _LONG))
    goal = catalog(*(table(name, _LONG) for name in names))
    assert pairs(live, goal) == [f"table task_outlet_dataset_reference → {names[1]}"]
    # All words but one: that is more than a few columns, which may have come besides.
    more = catalog(table(names[0], _LONG), table(names[1], f"{_LONG}, d text, e text, f text"))
    assert pairs(live, more) == [f"table task_outlet_dataset_reference → {names[1]}"]
    more = catalog(table(names[1], f"{_LONG}, d text, e text, f text, g text, h text"))
    assert pairs(live, more) == []
    live = catalog(table("t", "q inet, r inet, k integer, pay_day date, sum integer"))
    goal = catalog(table("t", "k integer, day_off date, paying_day date, sum integer"))
    assert pairs(live, goal) == ["column t.pay_day → paying_day"]


def test_tables_that_no_rename_would_keep() -> None:
    """A foreign table, or one that is partitioned otherwise, would be made anew all the same."""
    plain = catalog(table("t", _LONG))
    for definition in ("FOREIGN TABLE SERVER s", "TABLE PARTITION BY LIST (id)"):
        assert pairs(plain, catalog(table("u", _LONG, definition))) == []


def test_partitions_go_with_their_tables() -> None:
    """They are known by these, at every depth, and not taken for those of others."""

    def parted(part: str, parent: str | None = None) -> list[Fact]:
        facts = table(part, _LONG, "TABLE PARTITION BY LIST (id)")
        bound = Fact("partition", part, part, f"OF {parent} DEFAULT")
        return [*facts, bound] if parent else facts

    live = catalog(parted("t"), parted("t1", "t"), parted("t2", "t1"))
    goal = catalog(parted("u"), parted("u1", "u"), parted("u2", "u1"))
    assert pairs(live, goal) == ["table t → u", "table t1 → u1", "table t2 → u2"]
    assert pairs(catalog(parted("t1", "t")), catalog(parted("u1", "u"))) == []


def between(name: str, columns: str, *keys: str) -> list[Fact]:
    """A table with foreign keys given as `column → table`."""
    facts = table(name, columns)
    for key in keys:
        column, _, leads = key.partition(" → ")
        text = f"FOREIGN KEY ({column}) REFERENCES {leads}(id)"
        facts.append(Fact("constraint", f"{name}.{column}_fkey", name, text))
    return facts


_A_B = "a_id integer, b_id integer"


@pytest.mark.parametrize(
    ("had", "wants", "expected"),
    [
        # b has become c.
        ((_A_B, "a_id → a", "b_id → b"), ("a_id integer, c_id integer", "a_id → a", "c_id → c"), 1),
        ((_A_B, "a_id → a", "b_id → b"), ("c_id integer, x integer", "x → a", "c_id → c"), 1),
        ((_A_B, "a_id → a", "b_id → b"), ("a_id integer, d_id integer", "a_id → a", "d_id → d"), 0),
        ((_A_B, "a_id → a", "b_id → b"), ("a_id integer, c_id bigint", "a_id → a", "c_id → c"), 0),
        ((_A_B, "a_id → a", "b_id → b"), ("a_id integer, c_id integer", "a_id → a"), 0),
        ((_A_B, "a_id → a", "b_id → b"), ("c_id integer", "c_id → c"), 0),
        # Two that lead to the same table; and to itself.
        ((_A_B, "a_id → a", "b_id → a"), ("x integer, y integer", "x → a", "y → a"), 1),
        ((_A_B, "a_id → a", "b_id → b"), ("x integer, y integer", "x → a", "y → a"), 0),
        (("id integer, up integer", "up → t"), ("id integer, over integer", "over → u"), 1),
        # What is not all that a table has makes no two tables alike.
        (
            ("id integer, a_id integer, x text", "a_id → a"),
            ("id integer, b_id integer, y text", "b_id → a"),
            0,
        ),
    ],
)
def test_tables_that_refer_to_others(
    had: tuple[str, ...], wants: tuple[str, ...], expected: int
) -> None:
    """They are known by the tables that their foreign keys lead to, also if these are renamed."""
    live, goal = catalog(between("t", *had)), catalog(between("u", *wants))
    rename = Rename("table", "c", "b", "c")
    others = (table("b", "n text, m text, k text"), table("c", "n text, m text, k text"))
    live, goal = (
        catalog([*its.facts.values()], other)
        for its, other in zip((live, goal), others, strict=True)
    )
    assert pairs(live, goal, rename) == ["table t → u"] * expected
    asked = pairs(live, goal)  # also before the other rename is declared
    assert sorted(asked) == ["table b → c", *["table t → u"] * expected]


@pytest.mark.parametrize(
    ("had", "wants", "expected"),
    [
        (("'a'", "'b'"), ("'a'", "'c'"), ["'b' → 'c'"]),
        (("'a'", "'b'"), ("'x'", "'a'", "'c'"), ["'b' → 'c'"]),
        (("'a'", "'b'", "'c'"), ("'a'", "'x'", "'y'", "'c'"), ["'b' → 'x'"]),
        (("'a'", "'b'"), ("'c'", "'a'"), []),
        (("'a'", "'b'"), ("'a'", "'b'", "'c'"), []),
    ],
)
def test_labels(had: tuple[str, ...], wants: tuple[str, ...], expected: list[str]) -> None:
    """Their place makes it likely."""
    found = pairs(catalog(enum("e", *had)), catalog(enum("e", *wants)))
    assert found == [f"label e.{its}" for its in expected]


def test_what_is_declared_is_not_asked_about() -> None:
    """Neither by its old name nor by its new one; within what is renamed, the rest is."""
    live = catalog(table("t", _LONG), enum("e", "'x'", "'y'"))
    goal = catalog(table("u", _LONG.replace("a text", "n text")), enum("f", "'x'", "'z'"))
    renames = Rename("table", "u", "t", "u"), Rename("enum", "f", "e", "f")
    assert pairs(live, goal, *renames) == ["column u.a → n", "label f.'y' → 'z'"]
    more = Rename("column", "u", "a", "n"), Rename("label", "f", "'y'", "'z'")
    assert pairs(live, goal, *renames, *more) == []
    other = Rename("column", "u", "earlier", "n"), Rename("label", "f", "'y'", "'other'")
    assert pairs(live, goal, *renames, *other) == []


@pytest.mark.parametrize(
    ("quoted", "place", "advice"),
    [
        ("a", "s.sql, line 3", "(s.sql, line 3): -- diffapply: renamed from a"),
        ('"A b"', "line 3", ': -- diffapply: renamed from "A b"'),
        ('"A\n""-- \\"', "line 3", r': -- diffapply: renamed from U&"A\+00000a""-- \+00005c"'),
        ("a", "", 'the new column: info={"renamed_from": "a"}'),
        ('"A ""b"" ü"', "", r'the new column: info={"renamed_from": "A \"b\" ü"}'),
        ('"A\n\u202eb"', "", r'the new column: info={"renamed_from": "A\n\u202eb"}'),
        ("a", None, "which loses the values."),
    ],
)
def test_the_advice_is_for_the_place_of_the_definition(
    quoted: str, place: str | None, advice: str
) -> None:
    """In SQL, in metadata; and none if nothing defines it, as in code that is not read."""
    live = catalog(
        Fact("table", "t", "t", "TABLE"), Fact("column", f"t.{quoted}", "t", "integer", 1)
    )
    declarable = [] if place is None else [Declarable("column", "t", "b", place)]
    [hint] = notes(Subject(live, catalog(table("t", "b integer")), declarable=lambda: declarable))
    assert hint.endswith(advice)
