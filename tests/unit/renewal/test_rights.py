"""What the desired state says of owners and grants, and what it is silent about."""

from diffapply.model.affected import Renewed
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.rename import Rename
from diffapply.renewal.rights import Builder, as_spoken, with_what_is_stated

BUILDER = Builder("builder")


def owner(named: str, role: str) -> Fact:
    """Such as ``TABLE t``."""
    return Fact("owner", named, named.rpartition(" ")[2], role)


def grant(named: str, to: str, privileges: str) -> Fact:
    """On such as ``TABLE t``."""
    return Fact("privilege", f"{named} TO {to}", named.rpartition(" ")[2], privileges)


def of(*facts: Fact) -> Catalog:
    """A catalog."""
    return Catalog.of(facts)


def test_silence_takes_what_is_there() -> None:
    goal = of(owner("TABLE t", "builder"))
    live = of(owner("TABLE t", "app"), grant("TABLE t", "reader", "SELECT"))
    assert as_spoken(Ends(live, goal), BUILDER).facts == live.facts


def test_what_is_said_stays() -> None:
    goal = of(owner("TABLE t", "owner"), grant("TABLE t", "reader", "INSERT"))
    live = of(owner("TABLE t", "app"), grant("TABLE t", "reader", "SELECT"))
    assert as_spoken(Ends(live, goal), BUILDER).facts == goal.facts


def test_a_revoke_from_everybody_is_said_too() -> None:
    """PostgreSQL lets everybody execute: not to say so is to say something."""
    closed, open_to_all = (
        of(owner("FUNCTION f()", "builder")),
        grant("FUNCTION f()", "PUBLIC", "EXECUTE"),
    )
    silent = of(owner("FUNCTION f()", "builder"), open_to_all)
    assert as_spoken(Ends(silent, closed), BUILDER).facts == closed.facts
    assert as_spoken(Ends(closed, silent), BUILDER).facts == closed.facts


def test_without_privileges_nothing_is_asked() -> None:
    goal = of(Fact("table", "t", "t", "TABLE"))
    assert as_spoken(Ends(of(owner("TABLE t", "app")), goal), BUILDER) is goal


def test_what_is_new_gets_what_the_tenant_gives_by_default() -> None:
    given = Fact(
        "default privilege", "FOR ROLE builder ON TABLES TO app", "default privileges", "SELECT"
    )
    other = Fact(
        "default privilege", "FOR ROLE other ON TABLES TO app", "default privileges", "INSERT"
    )
    goal = of(owner("TABLE t", "builder"))
    expected = of(*goal.facts.values(), given, other, grant("TABLE t", "app", "SELECT"))
    assert as_spoken(Ends(of(given, other), goal), BUILDER).facts == expected.facts


def test_another_owner_keeps_the_grants_of_others() -> None:
    goal = of(owner("TABLE t", "app"))
    live = of(
        owner("TABLE t", "builder"),
        grant("TABLE t", "app", "SELECT"),
        grant("TABLE t", "reader", "SELECT"),
        grant("TABLE t", "builder AS OWNER", "INSERT"),
    )
    assert (
        as_spoken(Ends(live, goal), BUILDER).facts
        == of(
            owner("TABLE t", "app"),
            grant("TABLE t", "reader", "SELECT"),
            grant("TABLE t", "app AS OWNER", "INSERT"),
        ).facts
    )


def test_names_change_with_renames() -> None:
    goal = of(owner("TABLE new", "builder"), Fact("column", "new.b", "new", "text"))
    live = of(
        owner("TABLE old", "app"),
        Fact("column privilege", "TABLE old (a) TO r", "old", "SELECT (a), UPDATE (a)"),
        Fact("column privilege", "TABLE old (gone) TO r", "old", "SELECT (gone)"),
    )
    renames = (Rename("table", "new", "old", "new"), Rename("column", "new", "a", "b"))
    assert (
        as_spoken(Ends(live, goal), BUILDER, renames).facts
        == of(
            owner("TABLE new", "app"),
            Fact("column", "new.b", "new", "text"),
            Fact("column privilege", "TABLE new (b) TO r", "new", "SELECT (b), UPDATE (b)"),
        ).facts
    )


def test_what_the_goal_says_otherwise_is_not_given_back() -> None:
    source = of(owner("VIEW v", "app"), grant("TABLE v", "reader", "SELECT"))
    anew = [Renewed("view", "v", "v")]
    assert with_what_is_stated(anew, source, source) == tuple(anew)
    other_owner = of(owner("VIEW v", "owner"), grant("TABLE v", "reader", "SELECT"))
    assert with_what_is_stated(anew, source, other_owner)[0].stated == ("owner",)
    other_grants = of(owner("VIEW v", "app"), grant("TABLE v", "reader", "INSERT"))
    assert with_what_is_stated(anew, source, other_grants)[0].stated == ("grants",)
