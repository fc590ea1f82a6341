"""Folding: no line too long where SQL has a joint, and never another statement."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pglast import split
from pglast.parser import ParseError, scan

from diffapply.render.words.folding import WIDTH, fold, fold_lines, table_actions

CASES = sorted((Path(__file__).parents[2] / "acceptance" / "cases").rglob("*.sql"))

PIECES = st.sampled_from(
    [
        *("CREATE", "ALTER TABLE", "ADD", "CHECK", "NOT", "NULL", "AND", "OR", "BETWEEN", "WHERE"),
        *("USING", "WITH TIME ZONE", "FROM", "AS", "IS DISTINCT FROM", "SET DEFAULT", "ON", "IN"),
        *("(", ")", "[", "]", ",", ";", ".", "::", "=", "<->", "- -1", "||", "*", "@>", "a", "1.5"),
        *("a_name_of_some_length", '"a, AND (b"', '"say ""x"""', "'it''s AND'", "'two\n  lines'"),
        *("E'\\\\n,'", "$$ body,\n  AND $a$ $$", "$x$ $$ $x$", "-- so, AND\n", "/* a,\n b */"),
        *("U&'\\0041'", "B'01'", "N'ü, 🙂'", "'" + "long " * 30 + "'", ":=", "?", "$1"),
    ]
)
GAPS = st.sampled_from([" ", " ", "  ", "\n", "\n    ", "\t", "\r\n", "\n\n"])


def tokens(sql: str) -> list[str]:
    return [sql[its.start : its.end + 1] for its in scan(sql)]


@given(st.lists(st.tuples(PIECES, GAPS), min_size=1, max_size=60), st.integers(20, 100))
def test_the_tokens_are_the_same(pieces: list[tuple[str, str]], width: int) -> None:
    """Whatever the text is, sense or not; and to fold it again changes nothing in them either."""
    sql = "".join(text + gap for text, gap in pieces)
    folded = fold(sql, width)
    assert tokens(folded) == tokens(sql)
    assert tokens(fold(folded, width)) == tokens(sql)


@pytest.mark.parametrize("sql", ["check,\nalter table create", "alter table,\n", "alter table\n*"])
def test_an_alter_table_may_have_no_action(sql: str) -> None:
    assert tokens(fold(sql, 20)) == tokens(sql)


@given(st.text(max_size=200))
def test_what_is_no_sql_stays(text: str) -> None:
    """Or has the same tokens, if it happens to be SQL."""
    try:
        before = tokens(text)
    except (ParseError, ValueError):
        assert fold(text, 20) == text
    else:
        assert tokens(fold(text, 20)) == before


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_no_line_of_our_cases_is_wider_than_it_must_be(path: Path) -> None:
    """A line that is too long has a constant, a remark or a name that leaves no room."""
    sql = path.read_text("utf-8")
    for statement in split(sql):
        assert tokens(fold(statement, WIDTH)) == tokens(statement)
        for line in fold_lines(statement, WIDTH):
            longest = max((len(its) for its in tokens(statement) if its in line.text), default=0)
            assert len(line.text) <= WIDTH or line.verbatim or longest > WIDTH // 2, line.text


@pytest.mark.parametrize(
    ("sql", "folded"),
    [
        pytest.param("SELECT 1, 2", "SELECT 1, 2", id="what fits stays"),
        pytest.param(
            "ALTER TABLE a ADD COLUMN b numeric(5,2), DROP COLUMN c",
            "ALTER TABLE a\n    ADD COLUMN b numeric(5,2),\n    DROP COLUMN c",
            id="one action a line, even if all fit",
        ),
        pytest.param(
            "ALTER TABLE ONLY s.a ADD CONSTRAINT a_name UNIQUE (b, c)",
            "ALTER TABLE ONLY s.a ADD CONSTRAINT a_name UNIQUE (b, c)",
            id="a single action stays",
        ),
        pytest.param(
            "CREATE INDEX a_name_of_some_length ON a_table USING btree (a, b) "
            "WHERE a IS NOT NULL AND b BETWEEN 1 AND 2 AND c = 'shop AND more'",
            "CREATE INDEX a_name_of_some_length ON a_table USING btree (a, b)\n"
            "    WHERE a IS NOT NULL AND b BETWEEN 1 AND 2 AND c = 'shop AND more'",
            id="at clauses first",
        ),
        pytest.param(
            "CREATE INDEX i ON a_table USING btree (a, b) WHERE (((a)::text <> 'COMPLETED'::text) "
            "AND (b BETWEEN 10000000 AND 20000000) AND (error_message IS NOT NULL))",
            "CREATE INDEX i ON a_table USING btree (a, b)\n"
            "    WHERE (((a)::text <> 'COMPLETED'::text)\n"
            "        AND (b BETWEEN 10000000 AND 20000000)\n"
            "        AND (error_message IS NOT NULL))",
            id="then at AND, one a line, but not in BETWEEN",
        ),
        pytest.param(
            "ALTER TABLE a ADD CONSTRAINT c CHECK ((s = ANY (ARRAY['PENDING'::text, "
            "'RUNNING'::text, 'COMPLETED'::text, 'FAILED'::text])))",
            "ALTER TABLE a\n"
            "    ADD CONSTRAINT c\n"
            "        CHECK ((s = ANY (ARRAY['PENDING'::text, 'RUNNING'::text,\n"
            "            'COMPLETED'::text, 'FAILED'::text])))",
            id="lists at commas, as many as fit",
        ),
        pytest.param(
            "SELECT ((a = ANY ((ARRAY['SCHEDULED'::character varying]::character varying[])"
            "::text[])))",
            "SELECT ((a\n    = ANY ((ARRAY['SCHEDULED'::character varying]::character varying[])\n"
            "        ::text[])))",
            id="at last at operators and casts",
        ),
        pytest.param(
            "CREATE TABLE a (\n    b timestamp with time zone DEFAULT "
            "(now() + '1 month and 2 days'::interval) NOT NULL,\n    c integer\n)",
            "CREATE TABLE a (\n    b timestamp with time zone DEFAULT "
            "(now() + '1 month and 2 days'::interval)\n        NOT NULL,\n"
            "    c integer\n)",
            id="lines that are there stay lines, and keep their indent",
        ),
        pytest.param(
            f"ALTER INDEX {'old_' * 9}ix RENAME TO {'new_' * 9}ix",
            f"ALTER INDEX {'old_' * 9}ix\n    RENAME TO {'new_' * 9}ix",
            id="a rename has its new name on a line",
        ),
        pytest.param(
            "COMMENT ON COLUMN a_table.a_column IS '" + "many words, " * 7 + "'",
            "COMMENT ON COLUMN a_table.a_column\n    IS '" + "many words, " * 7 + "'",
            id="a constant is never folded",
        ),
    ],
)
def test_folds_at(sql: str, folded: str) -> None:
    assert fold(sql) == folded


def test_tells_the_actions_of_an_alter_table() -> None:
    """Each on a line, however it is written."""
    sql = "ALTER TABLE ONLY s.a\n    ADD COLUMN b\n        numeric(5, 2),\n    DROP COLUMN c;\n"
    assert table_actions(sql) == (
        "ALTER TABLE ONLY s.a",
        ("ADD COLUMN b numeric(5, 2)", "DROP COLUMN c"),
    )
    assert table_actions("ALTER INDEX a RENAME TO b") == ("", ())
    assert table_actions("ALTER TABLE a 'never ends") == ("", ())


def test_says_which_lines_begin_within_a_token() -> None:
    """These must not be indented."""
    sql = "CREATE FUNCTION f()\n RETURNS text\nAS $$\n  select 1\n$$\n LANGUAGE sql"
    assert [line.text for line in fold_lines(sql) if line.verbatim] == ["  select 1", "$$"]
