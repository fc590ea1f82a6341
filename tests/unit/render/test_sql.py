"""The script for psql: runnable, one transaction a tenant, and no name breaks out of its place."""

import re

import pytest

from diffapply.model.statement import Statement
from diffapply.render.sql.script import plan_script
from tests.unit.render_samples import (
    CREATE_TABLE,
    EMPTY_PLAN,
    FULL_PLAN,
    HOSTILE,
    hostile_plan,
    plan,
    transition,
    users,
)


def test_every_tenant_has_a_transaction_of_its_own() -> None:
    """With its own search path, its name quoted, and the statements as rehearsed."""
    script = plan_script(plan(transition(users(1, 2), Statement(CREATE_TABLE))))
    for name in users(1, 2):
        assert (
            f"-- {name}\n"
            "BEGIN;\n"
            f'SET LOCAL search_path TO "{name}", pg_catalog, pg_temp;\n'
            "SET LOCAL check_function_bodies = off;\n"
            "-- statement 1\n"
            f"{CREATE_TABLE}\n"
            "COMMIT;\n"
        ) in script


def test_it_stops_at_the_first_error() -> None:
    """Otherwise the statements after a failed BEGIN would run on their own."""
    assert "\n\\set ON_ERROR_STOP on\n" in plan_script(FULL_PLAN)


def test_it_runs_under_the_settings_of_the_rehearsal() -> None:
    """Constants are read according to the session."""
    script = plan_script(FULL_PLAN)
    assert "\nSET datestyle = 'ISO, MDY';\n" in script
    assert "set local" not in script


def test_blocked_tenants_are_named_and_left_alone() -> None:
    """As comments, with the reason."""
    script = plan_script(FULL_PLAN)
    assert "-- blocked: the column marketplace_jobs.name cannot change" in script
    assert "-- not changed: user_90" in script
    assert '"user_90"' not in script


def test_with_nothing_to_do_it_is_a_comment() -> None:
    """It can be run all the same."""
    lines = plan_script(EMPTY_PLAN).splitlines()
    assert all(line.startswith("--") for line in lines)


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("SELECT 1", "SELECT 1;"),
        ("SELECT 1;\n", "SELECT 1;"),
        ("SELECT 1 -- one", "SELECT 1 -- one\n;"),
        ("SELECT 1 -- one;", "SELECT 1 -- one;\n;"),
        ("SELECT 1 -- one\n + 1", "SELECT 1 -- one\n + 1;"),
    ],
)
def test_every_statement_ends(sql: str, written: str) -> None:
    """Even one that ends with a comment."""
    script = plan_script(plan(transition(users(1), Statement(sql))))
    assert f"check_function_bodies = off;\n-- statement 1\n{written}\nCOMMIT;\n" in script


def test_no_name_breaks_out_of_its_quotes_or_its_comment() -> None:
    """Take the quoted names and the comments away: nothing of the hostile names is left."""
    harmless = plan(
        transition(HOSTILE, Statement("SELECT 1")), transition(HOSTILE, blocked=HOSTILE)
    )
    script = re.sub(r"(?m)^--.*$", "", plan_script(harmless))
    script = re.sub(r'"(?:[^"]|"")*"', "NAME", script)
    assert {line for line in script.splitlines() if line and not line.startswith("SET ")} == {
        "\\set ON_ERROR_STOP on",
        "BEGIN;",
        "SELECT 1;",
        "COMMIT;",
    }
    assert script.count("SET LOCAL search_path TO NAME, pg_catalog, pg_temp;") == len(HOSTILE)


def test_hazards_stand_above_their_statement() -> None:
    """As comments of one line, whatever is in them."""
    lines = plan_script(hostile_plan()).splitlines()
    assert any(line.startswith("-- data: ") and r"user_2\nuser_3" in line for line in lines)
