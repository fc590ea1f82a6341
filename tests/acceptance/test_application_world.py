"""Names and literals mean what they mean in the application: its search path, its settings."""

import pytest

from tests.acceptance.field_cases import FieldCase, build
from tests.servers import Database

contrib = pytest.mark.postgres(18, prove=(15,))
"""On servers that have PostgreSQL's own extensions."""


def _there_and_back(case: FieldCase, kept: str) -> None:
    """Apply, and go back: structure and answers are what they were."""
    before = case.answers(kept)
    shapes = [case.database.dump(name, called="it") for name in ("user_1", "user_2")]
    case.applied()
    back = case("apply", "--backward", "--yes", "--allow-destructive")
    assert back.code == 0, back.out + back.err
    assert case.answers(kept) == before
    assert [case.database.dump(name, called="it") for name in ("user_1", "user_2")] == shapes


class TestNamesBehindTheTenant:
    """What the application finds in public, without naming it."""

    @contrib
    def test_type_of_an_extension(self, database: Database) -> None:
        case = build("citext_public", database)
        plan = case("plan", "--format", "json").json
        [transition] = plan["transitions"]
        assert "citext" in str(transition["statements"])
        case.applied()
        assert case.answers("select count(*) from person where email = 'a@X'")["user_1"] == [(1,)]

    @contrib
    def test_type_of_an_extension_there_and_back(self, database: Database) -> None:
        _there_and_back(build("citext_public", database), "select id, email::text from person")

    @contrib
    def test_operator_of_an_extension_is_the_one_that_the_application_has(
        self, database: Database
    ) -> None:
        case = build("citext_operator", database)
        case.in_sync()
        made = case("provision", "user_4")
        assert made.code == 0, made.out + made.err
        case.in_sync()
        other = database.dump("user_4", called="it")
        assert not Database.difference(database.dump("user_1", called="it"), other)

    def test_functions_of_public(self, database: Database) -> None:
        case = build("public_function_default", database)
        case.applied()
        [(ref,)] = case.answer("user_1", "select ref from doc")
        assert len(ref) == 8
        touched = "update doc set id = id + 1 returning updated_at is not null"
        assert case.answer("user_1", touched) == [(True,)]

    def test_code_that_names_what_is_in_public(self, database: Database) -> None:
        """A default is computed for rows that are there; its function names public's sequence."""
        case = build("default_calls_plpgsql_public", database)
        case.applied()
        refs = {ref for [(ref,)] in case.answers("select ref from doc").values()}
        assert refs == {"R1", "R2", "R3"}

    def test_event_trigger(self, database: Database) -> None:
        case = build("event_trigger", database)
        case.applied()
        logged = database.rows("select distinct tag from public.ddl_log")
        assert ("ALTER TABLE",) in logged
        back = case("apply", "--backward", "--yes")
        assert back.code == 0, back.out + back.err
        made = case("provision", "user_4")
        assert made.code == 0, made.out + made.err
        assert ("CREATE SCHEMA",) in database.rows("select tag from public.ddl_log")

    @contrib
    def test_template_with_extensions(self, database: Database) -> None:
        case = build("template_ext", database)
        case.applied()
        assert database.value("select to_regtype('public.kind') is not null")
        assert case("apply", "--yes").code == 0


class TestSettings:
    """What a literal means."""

    def test_time_zone_of_the_database(self, database: Database) -> None:
        build("tz_identical", database).in_sync()

    def test_local_time_stays_local_time(self, database: Database) -> None:
        case = build("timestamp_to_tz", database)
        before = case.answers("select at::text from ev")
        plan = case("plan")
        assert "AT TIME ZONE 'America/New_York'" in plan.out
        assert "local time in America/New_York" in plan.out
        case.applied()
        assert case.answers("select (at at time zone 'America/New_York')::text from ev") == before
        back = case("apply", "--backward", "--yes")
        assert back.code == 0, back.out + back.err
        assert case.answers("select at::text from ev") == before


def test_the_moment_written_as_text_is_refused(database: Database) -> None:
    case = build("now_as_text", database)
    for command in (("plan",), ("drift",), ("apply", "--yes"), ("provision", "user_4")):
        refused = case(*command)
        assert refused.code == 1
        assert "t.created_at" in refused.err
        assert 'text("now()")' in refused.err


@contrib
def test_extension_is_the_databases(database: Database) -> None:
    """A desired state may name one that is there; to create it is somebody else's work."""
    case = build("create_extension_event", database)
    refused = case("plan")
    assert refused.code == 1
    assert "'pg_trgm', which the database does not have" in refused.err
    assert 'CREATE EXTENSION "pg_trgm" SCHEMA "public"' in refused.err
    database.execute("create extension pg_trgm")
    case.applied()
    assert "public.gin_trgm_ops" in database.dump("user_2")
