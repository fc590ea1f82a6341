"""Many shapes, many objects: each is told once, and what is told is enough."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest
from rich.text import Text

from diffapply.model.catalog import Catalog, Difference, Fact
from diffapply.model.consent import EVERYTHING, Consent
from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Plan, Shape, Transition
from diffapply.model.statement import Statement
from diffapply.model.unreadable import Denied
from diffapply.render.ci.github import drift_annotations
from diffapply.render.documents.drift import drift_json
from diffapply.render.markdown.comments import drift_comment, plan_comment
from diffapply.render.page.drift import drift_page
from diffapply.render.terminal.drift import drift_lines
from diffapply.render.terminal.layout import Layout
from diffapply.render.terminal.plan import plan_lines, plan_summary_lines
from tests.unit.render_samples import BLOCKED, EMPTY, plan, transition, users

A, B, C, D = (Statement(f"CREATE TABLE {name} ()") for name in "abcd")
LOCKS = Statement(A.sql, (Hazard(HazardCode.LOCKS_TABLE, "takes SHARE on x"),))
LOSES = Statement(
    "DROP TABLE old", (Hazard(HazardCode.DROPS_TABLE, "drops table old; its rows are lost"),)
)
MOST = transition(users(*range(1, 10)), A, B, C)


def plain(lines: Iterable[Text]) -> str:
    return "\n".join(line.plain for line in lines)


def told(*statements: Statement) -> str:
    """How the plan tells a transition of these, of which a larger one has others."""
    shown = plain(plan_lines(plan(MOST, transition(users(10), *statements))))
    return shown.partition("1 tenant: user_10\n")[2].partition("\n\n2 to change")[0].strip("\n")


def test_the_first_line_counts_tenants_by_what_happens_to_them() -> None:
    some = plan(transition(users(10, 11), D), MOST, BLOCKED, in_sync=users(50))
    assert "\n14 tenants: 1 in sync, 9 change alike, 2 differ, 2 blocked\n" in plain(
        plan_lines(some)
    )


def test_of_one_it_says_so() -> None:
    some = plan(transition(users(1), A), transition(users(2), B))
    assert "2 tenants: 0 in sync, 1 changes alike, 1 differs, 0 blocked" in plain(plan_lines(some))


def test_going_back_it_does_not_say_that_tenants_are_in_sync() -> None:
    """A sign-up after the run has nothing to take back, and is at no goal."""
    back = replace(plan(MOST, in_sync=users(50)), direction="backward")
    assert "10 tenants: 1 with nothing to take back, 9 change alike" in plain(plan_lines(back))
    assert "\n9 tenants: 9 change alike" in plain(plan_lines(replace(back, in_sync=())))


def test_the_largest_transition_comes_first_and_blocked_ones_last() -> None:
    shown = plain(plan_lines(plan(BLOCKED, transition(users(10), D), MOST)))
    assert shown.index("9 tenants: ") < shown.index("user_10") < shown.index("blocked  2 tenants")


class TestStatementsOfFurtherShapes:
    """They are told by those of the largest one."""

    def test_the_same(self) -> None:
        assert told(A, B, C) == "  the same statements"

    def test_more_with_their_own_numbers(self) -> None:
        assert told(A, B, D, C) == f"  the same, and\n\n   3  {D.sql};"

    def test_fewer_with_the_numbers_of_the_largest(self) -> None:
        many = [Statement(f"SELECT {number}") for number in range(5)]
        most = transition(users(*range(1, 10)), A, B, *many)
        shown = plain(plan_lines(plan(most, transition(users(10), A, *many))))
        assert f"user_10\n\n  the same without\n\n   2  {B.sql};\n\n" in shown

    def test_both(self) -> None:
        many = [Statement(f"SELECT {number}") for number in range(9)]
        most = transition(users(*range(1, 10)), A, *many)
        shown = plain(plan_lines(plan(most, transition(users(10), *many, B))))
        assert f"  the same, and\n\n  10  {B.sql};\n\n  and without\n\n   1  {A.sql};" in shown

    def test_an_alter_table_of_the_same_table_with_the_actions_that_differ(self) -> None:
        """Not both of them in full: that would have to be compared by eye."""
        old = Statement("ALTER TABLE a ADD COLUMN b integer, DROP COLUMN c")
        own = Statement("ALTER TABLE a\n    ADD COLUMN b integer,\n    DROP COLUMN d")
        many = [Statement(f"SELECT {number}") for number in range(9)]
        some = plan(transition(users(*range(1, 10)), old, *many), transition(users(10), own, *many))
        assert (
            "user_10\n\n  the same, but for\n\n"
            "   1  ALTER TABLE a\n"
            "          ADD COLUMN b integer,\n"
            "          DROP COLUMN d;\n"
            "        here: + DROP COLUMN d\n"
            "        here: - DROP COLUMN c\n\n"
        ) in plain(plan_lines(some))
        assert (
            "The same, but for 1 statement:\n\n```sql\n-- statement 1\n-- here: + DROP COLUMN d\n"
        ) in plan_comment(some)

    def test_with_their_hazards_where_these_differ(self) -> None:
        assert told(LOCKS, B, C) == (
            f"  the same with other hazards\n\n   1  {A.sql};\n        lock: takes SHARE on x"
        )

    @pytest.mark.parametrize("statements", [(C, B, A), (D,)])
    def test_in_full_if_the_order_differs_or_nothing_is_the_same(
        self, statements: tuple[Statement, ...]
    ) -> None:
        listed = [f"   {number}  {its.sql};" for number, its in enumerate(statements, 1)]
        assert told(*statements) == "\n".join(listed)

    def test_in_full_where_that_is_no_longer(self) -> None:
        assert told(A) == f"   1  {A.sql};"

    def test_a_statement_that_runs_twice_counts_twice(self) -> None:
        assert told(A, A, B, C) == f"  the same, and\n\n   2  {A.sql};"


def table(name: str, *columns: str) -> list[Fact]:
    parts = [Fact("column", f"{name}.{column}", name, "integer") for column in columns]
    return [Fact("table", name, name, ""), *parts]


OLD = Shape(Catalog.of([*table("jobs", "a", "b", "c"), *table("gone", "a")]))
NEW = Shape(
    Catalog.of(
        [
            *table("jobs", "b", "c", "d", "e"),
            *table("tasks", "a", "b"),
            Fact("default", "jobs.b", "jobs", "1"),
            Fact("index", "ix_tasks", "tasks", "..."),
            Fact("index", "ix_jobs", "jobs", "..."),
        ]
    )
)
CHANGES = Transition(
    OLD.fingerprint,
    NEW.fingerprint,
    users(1, 2, 3),
    (A, LOSES),
    differences=(
        Difference("table", "gone", "extra", None, ""),
        Difference("table", "tasks", "missing", "", None),
        Difference("column", "jobs.a", "extra", None, "integer"),
        Difference("column", "jobs.d", "missing", "integer", None),
        Difference("column", "jobs.e", "missing", "integer", None),
        Difference("default", "jobs.b", "changed", "1", "2"),
        Difference("index", "ix_jobs", "missing", "...", None),
    ),
)
OBJECTS = """
  + table tasks: 2 columns, 1 index
  ~ table jobs: - column a, + columns d, e, ~ default of b, + index ix_jobs
  - table gone: 1 column
"""


def with_shapes(*transitions: Transition) -> Plan:
    shapes = {its.fingerprint: its for its in (OLD, NEW)}
    return replace(plan(*transitions), shapes=shapes)


class TestObjects:
    """What changes, before how."""

    def test_each_is_a_line_with_its_parts(self) -> None:
        assert OBJECTS in plain(plan_lines(with_shapes(CHANGES)))

    def test_markdown_has_them_too(self) -> None:
        lines = "\n".join(line[2:] for line in OBJECTS.strip("\n").split("\n"))
        comment = plan_comment(with_shapes(CHANGES))
        assert f"```diff\n{lines}\n```" in comment
        assert comment.index("```diff") < comment.index("may lose data") < comment.index("####")

    def test_many_that_change_alike_are_one_line(self) -> None:
        """Without the names of their parts, which differ."""
        names = [f"t{number}" for number in range(30)]
        old = Shape(Catalog.of(fact for name in names for fact in table(name, "a")))
        new = Shape(
            Catalog.of(
                fact
                for name in names
                for fact in (*table(name, "a"), Fact("index", f"ix_{name}", name, "..."))
            )
        )
        differences = tuple(
            Difference("index", f"ix_{name}", "missing", "...", None) for name in names
        )
        many = Transition(old.fingerprint, new.fingerprint, users(1), (A,), differences)
        shapes = {its.fingerprint: its for its in (old, new)}
        shown = plain(plan_lines(replace(plan(many), shapes=shapes)))
        assert "\n  ~ 30 tables: + 1 index (t0, t1, t2 and 27 more)\n" in shown
        assert "\n30 to change." in shown

    def test_totals_count_each_object_once(self) -> None:
        """In all shapes together; blocked ones change nothing."""
        fewer = replace(CHANGES, tenants=users(4), differences=CHANGES.differences[:1])
        shown = plain(plan_lines(with_shapes(CHANGES, fewer, replace(BLOCKED, tenants=users(5)))))
        assert "\n1 to add, 1 to change, 1 to drop; " in shown

    def test_labels_of_enums_and_attributes_are_named(self) -> None:
        """As the columns of tables are; so is the trigger whose state changes."""
        differences = (
            Difference("enum", "mood", "changed", "ENUM ('a', 'c', 'd')", "ENUM ('a', 'b')"),
            Difference("composite type", "pair", "changed", "(a text, c date)", "(a date, b date)"),
            Difference("trigger state", "jobs.audit", "missing", "DISABLE", None),
        )
        facts = Fact("trigger state", "jobs.audit", "jobs", "DISABLE"), *table("jobs", "a")
        renaming = Statement("ALTER TYPE mood RENAME VALUE 'b' TO 'c'")
        new = Shape(Catalog.of(facts))
        typed = Transition(OLD.fingerprint, new.fingerprint, users(1), (renaming,), differences)
        shapes = {its.fingerprint: its for its in (OLD, new)}
        assert (
            "  ~ enum mood: ~ label 'b' → 'c', + label 'd'\n"
            "  ~ composite type pair: ~ attribute a, + attribute c, - attribute b\n"
            "  ~ table jobs: ~ state of trigger audit\n"
        ) in plain(plan_lines(replace(plan(typed), shapes=shapes)))

    def test_what_is_renamed_is_neither_added_nor_dropped(self) -> None:
        """Whoever reads "drop" would look for a loss."""
        old = Shape(Catalog.of([*table("jobs", "a"), *table("gone", "a")]))
        new = Shape(Catalog.of([*table("jobs", "b"), *table('"Tasks"', "a")]))
        renaming = Transition(
            old.fingerprint,
            new.fingerprint,
            users(1),
            (
                Statement('ALTER TABLE "gone" RENAME TO "Tasks"'),
                Statement("alter table jobs rename column a to b"),
            ),
            differences=(
                Difference("table", "gone", "extra", None, ""),
                Difference("table", '"Tasks"', "missing", "", None),
                Difference("column", "jobs.a", "extra", None, "integer"),
                Difference("column", "jobs.b", "missing", "integer", None),
            ),
        )
        shapes = {its.fingerprint: its for its in (old, new)}
        shown = plain(plan_lines(replace(plan(renaming), shapes=shapes)))
        assert '\n  ~ table "Tasks": renamed from gone\n' in shown
        assert "\n  ~ table jobs: ~ column a → b\n" in shown
        assert shown.endswith("\n2 to change.")

    def test_those_of_all_shapes_with_the_number_of_tenants_where_not_all_have_it(self) -> None:
        """So that the totals at the end are what stands on top; in Markdown likewise."""
        less = replace(CHANGES, tenants=users(4), differences=CHANGES.differences[3:5])
        more = replace(CHANGES, tenants=users(5, 6), differences=CHANGES.differences[:3])
        told = (
            (
                "~ table jobs: - column a (5 tenants); + columns d, e (4 tenants); "
                "~ default of b, + index ix_jobs (3 tenants)"
            ),
            "+ table tasks (5 tenants): 2 columns, 1 index",
            "- table gone (5 tenants): 1 column",
        )
        some = with_shapes(CHANGES, less, more)
        assert "\n\n" + "".join(f"  {its}\n" for its in told) in plain(plan_lines(some))
        assert "\n".join(told) in plan_comment(some)

    def test_no_more_than_are_read(self) -> None:
        """The others are counted; --verbose shows them."""
        facts = [table(f"t{number}", *(f"c{n}" for n in range(number))) for number in range(1, 21)]
        new = Shape(Catalog.of(fact for its in facts for fact in its))
        differences = tuple(Difference("table", its[0].name, "missing", "", None) for its in facts)
        many = Transition(OLD.fingerprint, new.fingerprint, users(1), (A,), differences)
        some = replace(plan(many), shapes={its.fingerprint: its for its in (OLD, new)})
        assert "\n  + table t15: 15 columns\n  and 5 more objects; --verbose shows them\n" in plain(
            plan_lines(some)
        )
        shown = plain(plan_lines(some, Layout(verbose=True)))
        assert "\n  + table t20: 20 columns\n" in shown
        assert "more" not in shown

    def test_all_that_empty_tenants_get_is_one_line(self) -> None:
        """Unless it is what the most tenants get."""
        missing = [Difference("table", name, "missing", "", None) for name in ("jobs", "tasks")]
        filled = Transition(
            EMPTY.fingerprint, NEW.fingerprint, users(8, 9), (A,), differences=tuple(missing)
        )
        shapes = {its.fingerprint: its for its in (OLD, NEW, EMPTY)}
        shown = plain(plan_lines(replace(plan(CHANGES, filled), shapes=shapes)))
        assert f"{OBJECTS}  + all of it in 2 empty tenants: 2 tables\n" in shown
        assert "empty" not in plain(plan_lines(replace(plan(filled), shapes=shapes)))

    def test_with_their_tenants_if_asked(self) -> None:
        """And no statement."""
        fewer = replace(CHANGES, tenants=users(4), differences=CHANGES.differences[2:4])
        shown = plain(plan_lines(with_shapes(CHANGES, fewer), Layout(detail="object")))
        assert "CREATE" not in shown
        assert (
            "  ~ table jobs: 4 tenants (user_1, user_2, user_3, user_4)\n"
            "      - column a, + column d\n"
            "      + column e, ~ default of b, + index ix_jobs: 3 tenants "
            "(user_1, user_2, user_3)\n"
        ) in shown

    def test_folded_under_its_own_beginning(self) -> None:
        """So that a line that begins with a mark begins an object or a part."""
        fewer = replace(CHANGES, tenants=users(4), differences=CHANGES.differences[2:4])
        layout = Layout(detail="object", width=40)
        assert (
            "\n      + column e, ~ default of b,\n        + index ix_jobs: 3 tenants\n"
            "        (user_1, user_2, user_3)\n"
        ) in plain(plan_lines(with_shapes(CHANGES, fewer), layout))


class TestLosses:
    """What may be lost is said at the end, with statements and tenants."""

    def test_number_of_statements_and_tenants(self) -> None:
        """A statement of several shapes is one."""
        some = plan(transition(users(1, 2), LOSES), transition(users(3), A, LOSES), BLOCKED)
        assert "; 1 statement may lose data in 3 tenants: user_1, user_2, user_3." in plain(
            plan_lines(some)
        )

    def test_without_them_no_word_of_it(self) -> None:
        assert "lose" not in plain(plan_lines(plan(MOST)))

    def test_each_is_told_with_its_tenants(self) -> None:
        """Unless it runs in all in which something may be lost."""
        other = replace(LOSES, sql="DROP TABLE new")
        some = plan(transition(users(1, 2), LOSES), transition(users(3), A, other), MOST)
        shown = plain(plan_summary_lines(some))
        message = "drops table old; its rows are lost"
        assert f"\n  data: statement 1 {message} (user_1, user_2)\n" in shown
        assert f"\n  data: statement 2 {message} (user_3)\n" in shown
        shown = plain(
            plan_summary_lines(plan(transition(users(1), LOSES), transition(users(2), LOSES)))
        )
        assert f"\n  data: statement 1 {message}\n" in shown

    @pytest.mark.parametrize("kind", ["trigger", "sequence"])
    @pytest.mark.parametrize("unspoken", [(), ("view:*",)])
    def test_the_way_out_is_one(self, kind: str, unspoken: tuple[str, ...]) -> None:
        """`manage` is named where it would help."""
        hazard = Hazard(HazardCode.DROPS_UNDECLARED, "drops x", dropped=(kind, "x"))
        some = plan(transition(users(1), Statement("DROP x", (hazard,))))
        shown = plain(plan_lines(replace(some, unspoken=unspoken)))
        helps = kind == "trigger" and not unspoken
        assert ('declare it, or ignore it, or set manage = "declared".' in shown) is helps
        assert ("declare it, or ignore it." in shown) is not helps

    @pytest.mark.parametrize("lines", [plan_lines, plan_summary_lines])
    def test_with_consent_none_is_refused(self, lines: Callable[..., Iterator[Text]]) -> None:
        """Nothing else is said to who has given it."""
        some = plan(transition(users(1, 2), A, LOSES))
        assert "is refused unless --allow-destructive is given." in plain(lines(some))
        for consent in (EVERYTHING, Consent.to([HazardCode.DROPS_TABLE])):
            shown = plain(lines(some, consent=consent))
            assert "That is allowed: no tenant is refused for it." in shown
            assert "unless" not in shown

    def test_with_consent_to_some_the_rest_is_refused(self) -> None:
        hazard = Hazard(HazardCode.DROPS_COLUMN, "drops a column")
        some = plan(transition(users(1), LOSES, Statement("ALTER", (hazard,))))
        shown = plain(plan_lines(some, consent=Consent.to([HazardCode.DROPS_TABLE])))
        assert "Of that, DROPS_TABLE is allowed. A tenant where the rest would happen" in shown

    def test_in_short_each_is_named_by_its_number(self) -> None:
        """Also in Markdown, on top."""
        some = plan(transition(users(1, 2), A, LOSES), in_sync=users(3))
        shown = plain(plan_summary_lines(some))
        assert "\n  data: statement 2 drops table old; its rows are lost\n" in shown
        assert "- `statement 2 drops table old; its rows are lost`\n" in plan_comment(some)


def test_of_many_notes_some_are_shown() -> None:
    """All of them with --verbose."""
    noted = replace(MOST, notes=tuple(f"{number} looks odd" for number in range(30)))
    shown = plain(plan_lines(plan(noted)))
    assert shown.count("looks odd") == 10
    assert "\n  and 20 more notes; --verbose shows them\n" in shown
    assert plain(plan_lines(plan(noted), Layout(verbose=True))).count("looks odd") == 30


def test_a_mark_stays_with_what_it_is_about() -> None:
    """Where a line is wrapped."""
    for width in range(24, 80):
        lines = plan_lines(with_shapes(CHANGES), Layout(width=width))
        assert not [its.plain for its in lines if its.plain.rstrip().endswith((" +", " ~", " -"))]


def test_in_short_there_are_no_statements_but_blocked_tenants() -> None:
    shown = plain(plan_summary_lines(plan(MOST, BLOCKED)))
    assert "CREATE TABLE" not in shown
    assert "why: the column marketplace_jobs.name cannot change" in shown
    assert "9 change alike, 0 differ, 2 blocked" in shown


LACKS_INDEX = Difference("index", "ix_a", "missing", "...", None)
OTHER_TYPE = Difference("column", "t.c", "changed", "integer", "text")
DRIFT = DriftReport(
    (
        TenantDrift("user_1", "drifted", (LACKS_INDEX,)),
        TenantDrift("user_2", "behind", (LACKS_INDEX, OTHER_TYPE)),
        TenantDrift("user_10", "drifted", (LACKS_INDEX,)),
    )
)


class TestDrift:
    """By object, if more than one shape differs; by shape if asked."""

    def test_by_object(self) -> None:
        assert plain(drift_lines(DRIFT)) == (
            "Drift: 3 of 3 tenants not at the desired state (2 drifted, 1 behind).\n\n"
            "  - missing index ix_a: 3 tenants (user_1, user_2, user_10)\n"
            "  ~ changed column t.c: 1 tenant (user_2)\n"
            "      desired  integer\n"
            "      live     text\n\n"
            "In 2 shapes; --detail shape shows each."
        )

    def test_a_state_is_told_in_words(self) -> None:
        states = (
            Difference("trigger state", "t.a", "extra", None, "DISABLE"),
            Difference("rule state", "t.b", "missing", "ENABLE ALWAYS", None),
            Difference(
                "constraint state", "t.k", "extra", None, "DISABLE, DISABLE WHERE REFERRED TO"
            ),
            Difference("trigger state", "t.c", "changed", "DISABLE", "ENABLE REPLICA"),
        )
        assert plain(
            drift_lines(DriftReport((TenantDrift("user_1", "drifted", states),)))
        ).endswith(
            "  + trigger t.a is disabled\n"
            "  - rule t.b is not enabled also for replication\n"
            "  + constraint t.k is disabled and disabled where referred to\n"
            "  ~ changed trigger state t.c\n"
            "      desired  DISABLE\n"
            "      live     ENABLE REPLICA"
        )

    def test_all_that_an_empty_tenant_lacks_is_one_line(self) -> None:
        """By object and by shape, and in Markdown; --verbose unfolds it, as JSON does."""
        lacks = (*(Difference("table", name, "missing", "", None) for name in "ab"), LACKS_INDEX)
        empty = TenantDrift("user_11", "drifted", lacks, empty=True)
        report = DriftReport((*DRIFT.tenants, empty))
        told = "missing all of it: 2 tables, 1 index"
        shown = plain(drift_lines(report))
        assert (
            f"\n\n  - empty: 1 tenant (user_11)\n      {told}\n  - missing index ix_a: 3" in shown
        )
        assert f"\ndrifted  1 tenant: user_11\n  - {told}" in plain(
            drift_lines(report, Layout(detail="shape"))
        )
        assert f"#### drifted, empty: 1 tenant\n\n`user_11`\n\n- {told}\n" in drift_comment(report)
        assert told in drift_page(report)
        assert f"user_11%0A{told}\n" in drift_annotations(report)
        assert "missing table a" in plain(drift_lines(report, Layout(verbose=True)))
        document = json.loads(drift_json(report))["tenants"]
        assert [its.get("empty") for its in document] == [None, None, None, True]
        assert len(document[-1]["differences"]) == 3

    def test_by_shape_if_asked(self) -> None:
        shown = plain(drift_lines(DRIFT, Layout(detail="shape")))
        assert "drifted  2 tenants: user_1, user_10\n  - missing index ix_a\n" in shown
        assert shown.count("missing index ix_a") == 2

    def test_a_single_shape_is_told_as_one(self) -> None:
        one = DriftReport((DRIFT.tenants[1],))
        assert "behind   1 tenant: user_2\n  - missing" in plain(drift_lines(one))
        shown = plain(drift_lines(one, Layout(detail="object")))
        assert shown.endswith("      live     text")

    def test_tenants_that_cannot_be_read_are_always_told(self) -> None:
        unread = TenantDrift("user_9", "unreadable", why=Denied("user_9", "me"))
        shown = plain(drift_lines(DriftReport((*DRIFT.tenants, unread))))
        assert "GRANT USAGE ON SCHEMA user_9 TO me;" in shown
        assert "In 2 shapes" in shown
