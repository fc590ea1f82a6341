"""Comments for pull requests: readable, short enough, and no name that acts."""

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.statement import Statement
from diffapply.render.markdown.comments import drift_comment, plan_comment
from diffapply.render.words.folding import fold
from tests.unit.render_samples import (
    BLOCKED,
    CREATE_INDEX,
    DRIFT,
    EMPTY_PLAN,
    FULL_PLAN,
    HOSTILE,
    IN_SYNC,
    MISSING_TABLE,
    hostile_drift,
    hostile_plan,
    plan,
    transition,
    users,
)


def tokens(markdown: str) -> list[Token]:
    """All tokens, as a reader of GitHub's Markdown sees them."""
    parser = MarkdownIt("commonmark").enable("table")
    return [token for block in parser.parse(markdown) for token in (block, *(block.children or ()))]


def test_a_plan_has_its_sql_once_and_its_hazards_in_a_table() -> None:
    """A reviewer sees what will run, and what it risks."""
    comment = plan_comment(FULL_PLAN)
    assert "**14 tenants: 2 in sync, 10 change alike, 0 differ, 2 blocked.**" in comment
    [sql] = [t.content for t in tokens(comment) if t.type == "fence" and t.info == "sql"]
    assert f"-- statement 2\n{fold(CREATE_INDEX)}" in sql
    message = "drops the column marketplace_jobs.notes; its values are lost"
    assert f"| 3 | data | DROPS_COLUMN | `{message}` |" in comment


def test_a_blocked_transition_says_why_and_what_differs() -> None:
    """With desired and live definition."""
    comment = plan_comment(plan(BLOCKED))
    assert "- `the column marketplace_jobs.name cannot change`" in comment
    assert (
        "- changed column `marketplace_jobs.name`: desired `character varying(255)`, live `text`"
    ) in comment
    assert "  -  RETURN 1;\n  +  RETURN 2;" in comment


def test_drift_has_a_table_of_those_that_differ_alike_and_how() -> None:
    """The summary first, then each kind of drift once."""
    comment = drift_comment(DRIFT)
    assert "3 of 4 tenants not at the desired state" in comment
    assert "| behind | 2 | `user_3`, `user_4` | 4 |" in comment
    assert comment.count("missing index `ix_job`") == 1


def test_without_differences_it_is_short() -> None:
    """No empty tables."""
    assert drift_comment(IN_SYNC).count("\n") == 3
    assert plan_comment(EMPTY_PLAN).count("\n") == 3


def test_ten_thousand_tenants_fit_into_a_comment() -> None:
    """Long lists are folded, and end before the 65,536 characters that GitHub takes."""
    names = users(*range(10_000))
    drift = DriftReport(tuple(TenantDrift(name, "behind", MISSING_TABLE) for name in names))
    for comment in (
        plan_comment(plan(transition(names, Statement(CREATE_INDEX)))),
        drift_comment(drift),
    ):
        assert "<details><summary>All 10,000 tenants</summary>\n\n`user_0`" in comment
        assert "and 9,500 more\n\n</details>" in comment
        assert len(comment) < 20_000


def test_long_sql_is_folded() -> None:
    """A glance at the comment shows its headings."""
    comment = plan_comment(plan(transition(users(1), *[Statement("SELECT 1")] * 30)))
    assert "<details><summary>SQL: 30 statements</summary>\n\n```sql\n" in comment


@pytest.mark.parametrize("comment", [plan_comment(hostile_plan()), drift_comment(hostile_drift())])
def test_hostile_names_neither_format_nor_link_nor_inject(comment: str) -> None:
    """They are found in code spans and fences alone; all HTML is our own."""
    found = tokens(comment)
    html = "".join(t.content for t in found if t.type in {"html_block", "html_inline"})
    assert "script" not in html
    assert not [t for t in found if t.type in {"link_open", "image", "em_open"}]
    text = "".join(t.content for t in found if t.type == "text")
    assert not [name for name in HOSTILE if name in text]


def test_hostile_names_do_not_add_cells_to_a_table() -> None:
    """Every row has as many cells as the head."""
    rows = [line for line in drift_comment(hostile_drift()).splitlines() if line.startswith("|")]
    assert {row.replace(r"\|", "").count("|") for row in rows} == {5}


def test_sql_cannot_end_its_fence() -> None:
    """A function body may hold Markdown itself."""
    body = "SELECT '\n```\n# not a heading\n````\n'"
    comment = plan_comment(plan(transition(users(1), Statement(body))))
    _, sql = [t.content for t in tokens(comment) if t.type == "fence"]
    assert sql == f"-- statement 1\n{body};\n"
