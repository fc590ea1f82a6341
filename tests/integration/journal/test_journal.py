"""The journal keeps what can be gone back to, and says truly what became of every tenant."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from diffapply import journal
from diffapply.database.connection import connect
from diffapply.errors import JournalError, PermissionDeniedError, RefusedError, UsageError
from diffapply.journal import Step, structure, writing
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.plan import Direction, Shape
from diffapply.model.run import NewRun, Purpose, RunTransition, StepStatus
from diffapply.rollout.guard import Guard
from tests.integration.rollout_cases import Database
from tests.servers import Database as RealDatabase

_ONLY_THE_GUARD = """
drop schema diffapply cascade;
create schema diffapply;
create view diffapply.guard as select 1
"""


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A connection in autocommit mode; there is no journal yet."""
    with closing(connect(database.url)) as opened:
        yield opened


@pytest.fixture
def kept(connection: Connection) -> Connection:
    """A connection to a database that has a journal."""
    journal.ensure(connection)
    return connection


@pytest.fixture
def reader(database: RealDatabase) -> Iterator[str]:
    """A role that may log in and nothing else; it goes with the test."""
    with database.role("reader") as role:
        yield role


def as_role(database: Database, role: str) -> Connection:
    """A connection on which only that role's privileges count."""
    opened = connect(database.url)
    with opened.cursor() as cursor:
        cursor.execute(f"set session authorization {role}")
    return opened


def begin(connection: Connection, direction: Direction = "forward") -> int:
    """Begin a run."""
    return journal.begin_run(connection, NewRun(direction, "d", Purpose("desired.py:metadata")))


def record(  # noqa: PLR0913 - a step has many sides
    connection: Connection,
    run: int,
    tenant: str,
    source: str = "a",
    goal: str = "b",
    *,
    status: StepStatus = "applied",
    owners: frozenset[str] | None = None,
    undoes: tuple[int, ...] = (),
) -> None:
    """Record one step."""
    with connection.cursor() as cursor:
        step = Step(tenant, source, goal, status, managed=owners)
        journal.record_step(cursor, run, step, undoes)


def shape_of(*facts: Fact, ddl: tuple[str, ...] | None = ()) -> Shape:
    """A shape of these facts."""
    return Shape(Catalog.of(facts), ddl)


class TestNoJournal:
    """A database without a journal is read without error, and stays without one."""

    def test_reads_as_empty(self, connection: Connection) -> None:
        """Nothing is known, nothing can be undone, and nothing is created by asking."""
        assert not journal.exists(connection)
        assert journal.known_shapes(connection) == frozenset()
        assert journal.load_shapes(connection, ["a"]) == {}
        assert journal.steps_to_undo(connection, ["user_1"]) == {}
        assert journal.history(connection) == ()
        assert not journal.exists(connection)

    def test_has_no_run_to_name(self, connection: Connection) -> None:
        """Naming a run that cannot exist is the user's mistake."""
        with pytest.raises(UsageError, match="no run 7"):
            journal.history(connection, 7)
        with pytest.raises(UsageError, match="no run 7"):
            journal.steps_to_undo(connection, ["user_1"], to=7)


class TestStructure:
    """The journal is created once, evolves by numbered steps, and never goes backward."""

    def test_created_once(self, connection: Connection) -> None:
        """Ensuring it again changes nothing."""
        journal.ensure(connection)
        journal.ensure(connection)
        assert journal.exists(connection)
        assert structure.version(connection) == max(structure.upgrades())

    def test_created_by_many_at_once(self, database: Database) -> None:
        """Sessions that start together make one journal, and none fails."""
        failures: list[Exception] = []

        def ensure() -> None:
            try:
                with closing(connect(database.url)) as own:
                    journal.ensure(own)
            except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it
                failures.append(error)

        threads = [threading.Thread(target=ensure) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []

    def test_created_in_the_callers_transaction(self, connection: Connection) -> None:
        """Within a transaction it is the caller's to commit."""
        connection.autocommit = False
        journal.ensure(connection)
        assert journal.exists(connection)
        connection.rollback()
        assert not journal.exists(connection)

    def test_upgraded_step_by_step(self, kept: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        """A journal of an older version gets the versions that it lacks, in order, and no other."""
        run = begin(kept)
        newest = max(structure.upgrades())
        upgrades = {
            **structure.upgrades(),
            newest + 1: "alter table diffapply.run add column ticket text",
            newest + 2: "alter table diffapply.run rename column ticket to reason",
        }
        monkeypatch.setattr(structure, "upgrades", lambda: upgrades)
        journal.ensure(kept)
        with kept.cursor() as cursor:
            cursor.execute("select version from diffapply.meta order by version")
            assert cursor.fetchall() == [(n,) for n in range(1, newest + 3)]
            cursor.execute("select id, reason from diffapply.run")
            assert cursor.fetchall() == [(run, None)]

    def test_upgrade_is_all_or_nothing(
        self, kept: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An upgrade that fails leaves the version before."""
        newest = max(structure.upgrades())
        upgrades = {
            **structure.upgrades(),
            newest + 1: "alter table diffapply.run add column ticket text",
            newest + 2: "select 1 / 0",
        }
        monkeypatch.setattr(structure, "upgrades", lambda: upgrades)
        with pytest.raises(psycopg2.errors.DivisionByZero):
            journal.ensure(kept)
        assert structure.version(kept) == newest

    def test_newer_is_refused(self, database: Database, kept: Connection) -> None:
        """A journal of a version that is not known is neither read nor written."""
        database.execute("insert into diffapply.meta (version) values (99)")
        for use in (
            lambda: journal.ensure(kept),
            lambda: journal.history(kept),
            lambda: journal.known_shapes(kept),
            lambda: journal.load_shapes(kept, ["a"]),
            lambda: journal.steps_to_undo(kept, ["user_1"]),
        ):
            with pytest.raises(JournalError, match="version 99"):
                use()

    @pytest.mark.parametrize(
        ("done", "lacking"),
        [
            ("drop table diffapply.meta", "diffapply.meta"),
            ("alter table diffapply.meta drop column version", "diffapply.meta.version"),
            ("drop table diffapply.run, diffapply.step", "diffapply.run, diffapply.step"),
            ("drop view diffapply.guard", "diffapply.guard"),
            ("drop table diffapply.dropped", "diffapply.dropped"),
            ("delete from diffapply.meta", "the rows of diffapply.meta"),
            (_ONLY_THE_GUARD, "diffapply.meta, diffapply.shape, .*, diffapply.tenant"),
        ],
    )
    def test_incomplete_is_refused(
        self, database: Database, kept: Connection, done: str, lacking: str
    ) -> None:
        """Such as one of which a restore made only a part: it is not taken for none."""
        database.execute(done)
        for use in (
            lambda: journal.ensure(kept),
            lambda: journal.history(kept),
            lambda: journal.history(kept, 7),
            lambda: journal.known_shapes(kept),
            lambda: journal.has_caches(kept),
            lambda: journal.steps_to_undo(kept, ["user_1"]),
        ):
            with pytest.raises(
                JournalError, match=rf"is incomplete: it lacks {lacking}\.$"
            ) as caught:
                use()
            assert "no run so far can be taken back" in caught.value.hint

    def test_an_older_one_lacks_nothing(
        self, connection: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What later versions add it does not have."""
        upgrades = structure.upgrades()
        monkeypatch.setattr(structure, "upgrades", lambda: {1: upgrades[1]})
        journal.ensure(connection)
        monkeypatch.undo()
        assert structure.version(connection) == 1
        assert journal.history(connection) == ()


class TestPrivileges:
    """A role sees as much of the journal as it may, and is told what it lacks."""

    def test_may_not_create(self, database: Database, reader: str) -> None:
        """Without CREATE on the database there is a sentence, and no journal."""
        with closing(as_role(database, reader)) as own:
            with pytest.raises(PermissionDeniedError, match="may not create the journal"):
                journal.ensure(own)
            assert not journal.exists(own)

    def test_schema_made_by_an_administrator(self, database: Database, reader: str) -> None:
        """A role that owns the schema needs no CREATE on the database."""
        database.execute(f"create schema diffapply authorization {reader}")
        with closing(as_role(database, reader)) as own:
            journal.ensure(own)
            assert begin(own) == 1

    def test_may_not_see(self, database: Database, kept: Connection, reader: str) -> None:
        """A role without USAGE learns that there is a journal, and what to grant."""
        record(kept, begin(kept), "user_1")
        with closing(as_role(database, reader)) as own:
            assert journal.exists(own)
            assert journal.known_shapes(own) == frozenset()
            for use in (
                lambda: journal.history(own),
                lambda: journal.load_shapes(own, ["a"]),
                lambda: journal.steps_to_undo(own, ["user_1"]),
                lambda: journal.ensure(own),
            ):
                with pytest.raises(PermissionDeniedError, match="may not read the journal"):
                    use()

    def test_may_only_read(self, database: Database, kept: Connection, reader: str) -> None:
        """SELECT is enough to read everything, in a read-only transaction too."""
        before, after = shape_of(), shape_of(Fact("table", "a", "a", "table"))
        journal.remember_shapes(kept, [before, after])
        run = begin(kept)
        record(kept, run, "user_1", before.fingerprint, after.fingerprint)
        database.execute(
            f"grant usage on schema diffapply to {reader};"
            f"grant select on all tables in schema diffapply to {reader}"
        )
        with closing(as_role(database, reader)) as own:
            own.set_session(readonly=True, autocommit=True)
            assert journal.known_shapes(own) == {before.fingerprint, after.fingerprint}
            assert len(journal.load_shapes(own, [before.fingerprint])) == 1
            assert journal.steps_to_undo(own, ["user_1"])["user_1"].runs == (run,)
            assert [r.id for r in journal.history(own)] == [run]
            journal.ensure(own)
        with closing(as_role(database, reader)) as own:
            with pytest.raises(PermissionDeniedError, match="may not write to the journal"):
                begin(own)
            with pytest.raises(PermissionDeniedError, match="may not write to the journal"):
                journal.remember_shapes(own, [shape_of(Fact("table", "b", "b", "table"))])

    @pytest.mark.parametrize(
        ("granted", "told", "remedy"),
        [
            ("update on diffapply.step", "UPDATE on diffapply.step", "UPDATE ON diffapply.step"),
            (
                "update (ddl) on diffapply.shape",
                "UPDATE on diffapply.shape",
                "UPDATE ON diffapply.shape",
            ),
            (
                "all on all tables in schema diffapply",
                "TRIGGER on diffapply.dropped",
                "INSERT, TRIGGER, UPDATE ON ALL TABLES IN SCHEMA diffapply",
            ),
            (
                "create on schema diffapply",
                "CREATE on schema diffapply",
                "CREATE ON SCHEMA diffapply",
            ),
            (
                "all on sequence diffapply.run_id_seq",
                "UPDATE on diffapply.run_id_seq",
                "UPDATE ON SEQUENCE diffapply.run_id_seq",
            ),
        ],
    )
    def test_rights_of_others_are_named(  # noqa: PLR0913, PLR0917 - what is granted, and told
        self,
        database: Database,
        kept: Connection,
        reader: str,
        granted: str,
        told: str,
        remedy: str,
    ) -> None:
        """With the REVOKE, after which nobody has any."""
        for whose, role in ((f"Another role, '{reader}',", reader), ("Everybody", "PUBLIC")):
            database.execute(f"grant {granted} to {role}")
            with pytest.raises(RefusedError, match=f"^{whose} has {told}, in the journal") as its:
                journal.other_roles(kept).require_safe_to_run()
            revoke = f"REVOKE {remedy} FROM {role}"
            assert f"Take that away: {revoke}, or give --trust-tenants." in its.value.hint
            database.execute(revoke)
            assert journal.other_roles(kept).writers == ()

    def test_a_table_of_others_is_named(
        self, database: Database, kept: Connection, reader: str
    ) -> None:
        """Whoever owns all the rest cannot connect as the role that owns the journal."""
        database.execute(f"alter table diffapply.step owner to {reader}")
        with pytest.raises(RefusedError, match=f"'{reader}', owns diffapply.step") as caught:
            journal.other_roles(kept).require_readable()
        assert "Let the owner of the schema diffapply own diffapply.step" in caught.value.hint
        database.execute(f"alter schema diffapply owner to {reader}")
        with pytest.raises(RefusedError, match=f"'{reader}', owns schema diffapply") as caught:
            journal.other_roles(kept).require_readable()
        assert "Connect as the role that owns the journal" in caught.value.hint


class TestShapes:
    """What is remembered comes back as it was."""

    def test_round_trip(self, kept: Connection) -> None:
        """Every part of every fact is kept, the position and awkward text included."""
        original = shape_of(
            Fact("column", 'tasks."Näme"', "tasks", "text default E'a\\nb' -- 100% \"ü🙂\"", 3),
            Fact("comment", "tasks", "tasks", "'it''s {} %s'", 0),
            ddl=(
                "create table tasks ()",
                'alter table tasks add "Näme" text -- {"x,y"}',
                "",
                "null",
            ),
        )
        journal.remember_shapes(kept, [original])
        loaded = journal.load_shapes(kept, [original.fingerprint, "f" * 64])
        assert loaded == {original.fingerprint: original}

    def test_ddl_comes_later(self, kept: Connection) -> None:
        """DDL that rebuilds a shape is added when it becomes known, and never taken away."""
        unknown = shape_of(Fact("table", "a", "a", "table"), ddl=None)
        known = Shape(unknown.catalog, ("create table a ()",))
        for remembered, expected in ((unknown, None), (known, known.ddl), (unknown, known.ddl)):
            journal.remember_shapes(kept, [remembered])
            loaded = journal.load_shapes(kept, [unknown.fingerprint])
            assert loaded[unknown.fingerprint].ddl == expected

    def test_altered_is_refused(self, database: Database, kept: Connection) -> None:
        """A shape whose facts no longer have its fingerprint is never gone back to."""
        original = shape_of(Fact("table", "a", "a", "table"))
        journal.remember_shapes(kept, [original])
        database.execute("""update diffapply.shape set facts = '[["table","b","b","table",0]]'""")
        with pytest.raises(JournalError, match="changed after"):
            journal.load_shapes(kept, [original.fingerprint])

    @pytest.mark.parametrize(
        ("altered", "place"),
        [
            ("facts = '{}'", "`$.facts`"),
            ("""facts = '[["table","a","a","table"]]'""", "`$.facts[0]`"),
            ("""facts = '[["table","a","a",null,0]]'""", "`$.facts[0][3]`"),
            ("ddl = '{create table a (), null}'", "`$.ddl[1]`"),
            ("ddl = '{{a},{b}}'", "`$.ddl[0]`"),
        ],
    )
    def test_nonsense_is_named_with_its_place(
        self, database: Database, kept: Connection, altered: str, place: str
    ) -> None:
        """What is no shape at all is none to go back to."""
        original = shape_of(Fact("table", "a", "a", "table"))
        journal.remember_shapes(kept, [original])
        database.execute(f"update diffapply.shape set {altered}")
        with pytest.raises(JournalError, match=re.escape(place)):
            journal.load_shapes(kept, [original.fingerprint])

    def test_a_kind_that_there_is_not_is_named(self, kept: Connection) -> None:
        """Also where the fingerprint fits."""
        strange = shape_of(Fact("nonsense", "a", "a", "b"))
        journal.remember_shapes(kept, [strange])
        with pytest.raises(JournalError, match="there is no kind 'nonsense'"):
            journal.load_shapes(kept, [strange.fingerprint])

    def test_known_are_those_that_tenants_had(self, kept: Connection) -> None:
        """A shape that was only aimed at, or only seen, is not known."""
        seen, before, after, aimed_at = (
            shape_of(Fact("table", name, name, "table")) for name in "abcd"
        )
        journal.remember_shapes(kept, [seen, before, after, aimed_at])
        run = begin(kept)
        record(kept, run, "user_1", before.fingerprint, after.fingerprint)
        record(kept, run, "user_2", seen.fingerprint, aimed_at.fingerprint, status="refused")
        assert journal.known_shapes(kept) == {before.fingerprint, after.fingerprint}


class TestHistory:
    """The history tells of every run what became of its tenants."""

    def test_newest_first(self, kept: Connection) -> None:
        """Runs carry who, what, when and how many; steps come when a run is asked for."""
        first, second = begin(kept), begin(kept, "backward")
        record(kept, first, "user_1")
        record(kept, first, "user_2")
        record(kept, first, "user_3", status="failed")
        journal.finish_run(kept, first, complete=False)
        journal.finish_run(kept, second, complete=True)
        newest, oldest = journal.history(kept)
        assert (newest.id, newest.direction, newest.status) == (second, "backward", "done")
        assert (oldest.id, oldest.direction, oldest.status) == (first, "forward", "incomplete")
        assert oldest.counts == {"applied": 2, "failed": 1}
        assert newest.counts == {}
        assert oldest.who.startswith("postgres (")
        assert oldest.plan_digest == "d"
        assert oldest.finished_at is not None
        assert oldest.started_at <= oldest.finished_at
        assert oldest.steps == ()

    def test_of_one_run(self, kept: Connection) -> None:
        """Its steps come in natural order, with times, error and who took them back."""
        run, back = begin(kept), begin(kept, "backward")
        with kept.cursor() as cursor:
            journal.record_step(cursor, run, Step("user_10", "a", "b", "failed", "No.", seconds=2))
        record(kept, run, "user_9")
        record(kept, back, "user_9", "b", "a", undoes=(run,))
        (found,) = journal.history(kept, run)
        nine, ten = found.steps
        assert (nine.tenant, nine.source, nine.goal, nine.undone_by) == ("user_9", "a", "b", back)
        assert (ten.tenant, ten.status, ten.error) == ("user_10", "failed", "No.")
        assert round((ten.finished_at - ten.started_at).total_seconds(), 1) == 2.0
        with pytest.raises(UsageError, match="no run 77"):
            journal.history(kept, 77)

    def test_of_a_run_whose_renames_were_changed(self, kept: Connection) -> None:
        """They are not told, so they are in nobody's way."""
        run = begin(kept)
        with kept.cursor() as cursor:
            cursor.execute("update diffapply.run set renames = '[1]' where id = %s", [run])
        assert [its.id for its in journal.history(kept, run)] == [run]

    def test_tells_what_a_run_was_for_and_what_it_ran(self, kept: Connection) -> None:
        """All runs are labelled; what one ran is read when it is asked for."""
        ran = (RunTransition("a", "b", ("select 'ü'", "drop table a")), RunTransition("c", "b", ()))
        run = journal.begin_run(
            kept,
            NewRun(
                "forward",
                "d",
                Purpose("a.sql", message="ticket 4711", git_commit="0123456789"),
                transitions=ran,
            ),
        )
        unlabelled = begin(kept)
        without, labelled = journal.history(kept)
        assert (without.id, without.message, without.git_commit) == (unlabelled, "", "")
        assert (labelled.message, labelled.git_commit) == ("ticket 4711", "0123456789")
        assert labelled.transitions == ()
        assert journal.history(kept, run)[0].transitions == ran
        assert journal.history(kept, unlabelled)[0].transitions == ()

    def test_of_an_older_version_is_read_and_goes_on(
        self, connection: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Runs that were recorded before there were labels have none; later ones have."""
        old = {number: its for number, its in structure.upgrades().items() if number < 4}
        with monkeypatch.context() as before:
            before.setattr(structure, "upgrades", lambda: old)
            journal.ensure(connection)
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into diffapply.run (direction, who, version, plan_digest, desired, renames)"
                " values ('forward', 'ada', '0.1', 'd', 'a.sql', '[]') returning id"
            )
            [(run,)] = cursor.fetchall()
        record(connection, run, "user_1")
        [seen] = journal.history(connection, run)
        assert (seen.what_for, seen.message, seen.transitions) == ("a.sql", "", ())
        assert [its.id for its in journal.history(connection)] == [run]
        journal.ensure(connection)
        later = journal.begin_run(
            connection, NewRun("forward", "d", Purpose("a.sql", message="ticket 4711"))
        )
        newest, oldest = journal.history(connection)
        assert (newest.id, newest.what_for) == (later, "ticket 4711")
        assert (oldest.id, oldest.what_for, oldest.steps) == (run, "a.sql", ())

    def test_transitions_that_somebody_changed_are_named(self, kept: Connection) -> None:
        """What is in the journal is not believed."""
        run = begin(kept)
        with kept.cursor() as cursor:
            cursor.execute("update diffapply.run set transitions = '[{\"source\": 5}]'")
        with pytest.raises(JournalError, match=f"run {run} was changed"):
            journal.history(kept, run)

    def test_running_or_interrupted(
        self, database: Database, kept: Connection, reader: str
    ) -> None:
        """A run goes on while its guard holds its lock; every role can tell."""
        database.execute(
            f"grant usage on schema diffapply to {reader};"
            f"grant select on all tables in schema diffapply to {reader}"
        )
        run, other = begin(kept), begin(kept)
        with closing(as_role(database, reader)) as own:
            with closing(Guard(database.url)) as guard:
                assert guard.hold(run)
                assert [(r.id, r.status) for r in journal.history(own)] == [
                    (other, "interrupted"),
                    (run, "running"),
                ]
            database.rows("select pg_sleep(0.2)")
            assert journal.history(own, run)[0].status == "interrupted"

    def test_what_undid_what(self, kept: Connection) -> None:
        """A run says which ones it took back, and which took it back, in how many tenants."""
        first, second = begin(kept), begin(kept)
        for name in ("user_1", "user_2"):
            record(kept, first, name)
            record(kept, second, name)
        back, again = begin(kept, "backward"), begin(kept, "backward")
        record(kept, back, "user_1", undoes=(first, second))
        record(kept, again, "user_2", undoes=(second,))
        assert {r.id: (r.undoes, r.undone_by) for r in journal.history(kept)} == {
            first: ({}, {back: 1}),
            second: ({}, {back: 1, again: 1}),
            back: ({first: 1, second: 1}, {}),
            again: ({second: 1}, {}),
        }
        assert journal.history(kept, second)[0].undone_by == {back: 1, again: 1}
        assert journal.history(kept, back)[0].desired == "desired.py:metadata"

    def test_what_was_committed_stays(self, kept: Connection) -> None:
        """A later word on a tenant never replaces what its own transaction recorded."""
        run = begin(kept)
        record(kept, run, "user_1")
        record(kept, run, "user_2", status="failed")
        late = [Step(name, "a", "b", "skipped") for name in ("user_1", "user_2", "user_3")]
        journal.record_steps(kept, run, late)
        with kept.cursor() as cursor:
            assert journal.recorded_status(cursor, run, "user_1") == "applied"
            assert journal.recorded_status(cursor, run, "user_2") == "skipped"
            assert journal.recorded_status(cursor, run, "user_3") == "skipped"
            assert journal.recorded_status(cursor, run, "user_4") is None


class TestStepsToUndo:
    """Going back takes the right steps back, each once."""

    def test_the_newest_then_the_one_before(self, kept: Connection) -> None:
        """Without a run, the newest that changed any; once it is undone, the one before it."""
        first, second = begin(kept), begin(kept)
        record(kept, first, "user_1", "a", "b")
        record(kept, first, "user_2", "a", "b")
        record(kept, second, "user_1", "b", "c")
        undo = journal.steps_to_undo(kept, ["user_1", "user_2", "user_3"])
        assert {name: (u.goal_fingerprint, u.runs) for name, u in undo.items()} == {
            "user_1": ("b", (second,)),
        }
        back = begin(kept, "backward")
        record(kept, back, "user_1", "c", "b", undoes=(second,))
        undo = journal.steps_to_undo(kept, ["user_1", "user_2", "user_3"])
        assert {name: (u.goal_fingerprint, u.runs) for name, u in undo.items()} == {
            "user_1": ("a", (first,)),
            "user_2": ("a", (first,)),
        }
        back = begin(kept, "backward")
        record(kept, back, "user_1", "b", "a", undoes=(first,))
        record(kept, back, "user_2", "b", "a", undoes=(first,))
        assert journal.steps_to_undo(kept, ["user_1", "user_2"]) == {}

    def test_back_to_before_a_run(self, kept: Connection) -> None:
        """With a run, all steps from it on, to the shape before the earliest of them."""
        runs = [begin(kept) for _ in range(3)]
        for run, source, goal in zip(runs, "abc", "bcd", strict=True):
            record(kept, run, "user_1", source, goal)
        record(kept, runs[2], "user_2", "x", "d")
        undo = journal.steps_to_undo(kept, ["user_1", "user_2"], to=runs[1])
        assert (undo["user_1"].goal_fingerprint, undo["user_1"].runs) == ("b", tuple(runs[1:]))
        assert (undo["user_2"].goal_fingerprint, undo["user_2"].runs) == ("x", (runs[2],))
        with pytest.raises(UsageError, match="no run 99"):
            journal.steps_to_undo(kept, ["user_1"], to=99)

    def test_only_what_was_applied(self, kept: Connection) -> None:
        """Failed, refused, skipped and unchanged steps, and backward ones, are not taken back."""
        run = begin(kept)
        statuses: tuple[StepStatus, ...] = ("failed", "refused", "skipped", "unchanged")
        for status in statuses:
            record(kept, run, f"user_{status}", status=status)
        record(kept, begin(kept, "backward"), "user_1")
        names = ["user_1", *(f"user_{status}" for status in statuses)]
        assert journal.steps_to_undo(kept, names) == {}
        assert journal.steps_to_undo(kept, names, to=run) == {}

    def test_template(self, kept: Connection) -> None:
        """A template's managed names come along, also those that only later runs managed."""
        runs = [begin(kept) for _ in range(3)]
        record(kept, runs[0], "public", "a", "b", owners=frozenset({"jobs"}))
        record(kept, runs[1], "public", "c", "d", owners=frozenset({"jobs", "tasks"}))
        record(kept, runs[2], "public", "d", "e", owners=frozenset({"jobs", "tasks"}))
        undo = journal.steps_to_undo(kept, ["public"], to=runs[0])["public"]
        assert undo.goal_fingerprint == "a"
        assert undo.managed == frozenset({"jobs"})
        assert undo.also == (("c", frozenset({"tasks"})),)


class TestAlteredRuns:
    """What a run did is taken back as it was written, or not at all."""

    @pytest.mark.parametrize(
        ("renames", "place"),
        [
            ('{"table": "a"}', "`$.renames`"),
            ('[["table", "a"]]', "`$.renames[0]`"),
            ('[["column", "a", "b", 1]]', "`$.renames[0][3]`"),
            ('[["tabel", "a", "b", "c"]]', "`$.renames[0][0]`"),
        ],
    )
    def test_renames(self, database: Database, kept: Connection, renames: str, place: str) -> None:
        """Going back turns them round."""
        run = begin(kept)
        database.execute(f"update diffapply.run set renames = '{renames}'")
        with pytest.raises(JournalError, match=f"run {run} .*{re.escape(place)}"):
            journal.begun_runs(kept, [run])

    def test_managed_names(self, database: Database, kept: Connection) -> None:
        """They say which part of a template it was."""
        run = begin(kept)
        record(kept, run, "public", owners=frozenset({"a"}))
        database.execute("update diffapply.step set owners = '{a, null}'")
        with pytest.raises(JournalError, match=f"'public' in run {run} .*" + r"`\$.owners\[1\]`"):
            journal.steps_to_undo(kept, ["public"])

    @pytest.mark.parametrize("had", ["{}", "[1]", '"a"'])
    def test_what_was_dropped(self, database: Database, kept: Connection, had: str) -> None:
        """It is given back its owner and grants."""
        run = begin(kept)
        database.execute(f"insert into diffapply.dropped values ({run}, 'user_1', '{had}')")
        undoes, again = {"user_1": [run]}, [("relation", "t")]
        with (
            kept.cursor() as cursor,
            pytest.raises(JournalError, match=r"dropped\.had, was changed"),
        ):
            journal.recall_dropped(cursor, ["user_1"], undoes, again, rights=True)


def test_lost_session_that_the_server_keeps(
    database: Database, kept: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the run locked: whoever closes the run does not wait for it for ever."""
    monkeypatch.setattr(writing, "LOCK_SECONDS", 0.1)
    run = begin(kept)
    with closing(psycopg2.connect(database.url)) as lost, lost.cursor() as cursor:
        cursor.execute("update diffapply.run set finished_at = now()")
        kept.close()
        journal.close_run(database.url, kept, run, [])
    with closing(connect(database.url)) as another:
        [seen] = journal.history(another)
    assert seen.status == "interrupted"


def test_server_that_starts_again(database: Database, kept: Connection, tmp_path: Path) -> None:
    """Whoever closes the run waits a while for it."""
    run = begin(kept)
    parameters = kept.info.dsn_parameters
    socket = f".s.PGSQL.{parameters['port']}"
    kept.close()
    back = threading.Timer(
        0.3, lambda: (tmp_path / socket).symlink_to(Path(parameters["host"]) / socket)
    )
    back.start()
    journal.close_run(make_dsn(database.url, host=str(tmp_path)), kept, run, [])
    with closing(connect(database.url)) as another:
        [seen] = journal.history(another)
    assert seen.status == "done"


def test_server_that_does_not_start_again(
    kept: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is said that the journal lacks the end."""
    monkeypatch.setattr(writing, "RESTART_SECONDS", 0)
    run = begin(kept)
    kept.close()
    assert journal.close_run(f"host={tmp_path} dbname=x", kept, run, []) == {}
    [told] = caplog.messages
    assert f"the journal lacks the end of run {run}, and what became of tenants" in told
    assert "Cannot connect to PostgreSQL" in told
