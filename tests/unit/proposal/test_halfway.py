"""Halfway, what comes is there, what goes still is, and nothing is stricter."""

from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.proposal.halfway import halfway, with_new_labels
from tests.unit.fact_samples import catalog, fact, key, reference, table


def _column(name: str, kind: str = "integer") -> Fact:
    return Fact("column", name, name.partition(".")[0], kind)


def _not_null(name: str) -> Fact:
    return Fact("not null", name, name.partition(".")[0], "NOT NULL")


def _check(name: str, text: str) -> Fact:
    return Fact("constraint", name, name.partition(".")[0], f"CHECK ({text})")


def _comes_and_goes(live: Catalog, goal: Catalog) -> tuple[set[str], set[str]]:
    """What is made until then, and what is dropped; by kind and name."""
    half = halfway(Ends(live, goal)).facts.keys()
    made, gone = half - live.facts.keys(), live.facts.keys() - half
    return {" ".join(its) for its in made}, {" ".join(its) for its in gone}


_OLD = catalog(table("t", "id integer"))


def test_what_is_new_comes_without_what_it_demands_of_others() -> None:
    goal = catalog(
        table("t", "id integer"),
        table("u", "id integer"),
        key("u", "id"),
        reference("u", "id", "t"),
        fact("view", "v", "AS SELECT 1"),
        fact("enum", "e", "ENUM ('a')"),
    )
    assert _comes_and_goes(_OLD, goal) == (
        {"table u", "column u.id", "constraint u.u_pkey", "enum e"},
        set(),
    )


def test_a_new_column_may_be_null_until_it_is_filled() -> None:
    default = Fact("default", "t.d", "t", "1")
    columns = [_column(f"t.{name}") for name in "cd"]
    goal = catalog(
        table("t", "id integer"), columns, default, *map(_not_null, ("t.id", "t.c", "t.d"))
    )
    assert _comes_and_goes(_OLD, goal) == (
        {"column t.c", "column t.d", "default t.d", "not null t.d"},
        set(),
    )


def test_what_forbids_rows_that_come_goes_first() -> None:
    checks = [_check("t.same", "1"), _check("t.other", "1"), _check("t.gone", "1")]
    live = catalog(table("t", "id integer"), _not_null("t.id"), checks, table("old", "id integer"))
    goal = catalog(table("t", "id integer"), _check("t.same", "1"), _check("t.other", "2"))
    assert _comes_and_goes(live, goal) == (
        set(),
        {"not null t.id", "constraint t.other", "constraint t.gone"},
    )


def test_what_a_domain_forbids_is_as_loose_as_what_a_table_forbids() -> None:
    def checked(*checks: str) -> list[Fact]:
        not_null = Fact("domain not null", "d", "d", "NOT NULL")
        named = [Fact("domain constraint", f"d.{its}", "d", "CHECK (true)") for its in checks]
        return [fact("domain", "d", "text"), *([] if checks == ("gone",) else [not_null]), *named]

    new = [fact("domain", "e", "text"), Fact("domain not null", "e", "e", "NOT NULL")]
    assert _comes_and_goes(catalog(checked("gone")), catalog(checked("new"), new)) == (
        {"domain e", "domain not null e"},
        {"domain constraint d.gone"},
    )
    assert _comes_and_goes(catalog(checked("new")), catalog(checked("gone"))) == (
        set(),
        {"domain constraint d.new", "domain not null d"},
    )


def test_enums_get_labels_and_lose_none() -> None:
    live = catalog(fact("enum", "e", "ENUM ('a')"), fact("enum", "f", "ENUM ('a', 'b')"))
    goal = catalog(fact("enum", "e", "ENUM ('a', 'b')"), fact("enum", "f", "ENUM ('b')"))
    for half in (halfway(Ends(live, goal)), with_new_labels(Ends(live, goal))):
        definitions = {its.name: its.definition for its in half.facts.values()}
        assert definitions == {"e": "ENUM ('a', 'b')", "f": "ENUM ('a', 'b')"}
