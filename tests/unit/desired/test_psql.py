"""What psql reads in a file is left out or refused, and nothing that is SQL."""

import pytest

from diffapply.desired.sql.psql import without_commands
from diffapply.errors import DesiredStateError

_ROWS = "COPY public.t (a, b) FROM stdin;\n1\tit's\n\\N\t$$\n\\.\n"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\\restrict x'y\nselect 1;\n\\unrestrict\n", "\nselect 1;\n\n"),
        ("select 1; \\echo 'a \\i b'\nselect 2;", "select 1; \nselect 2;"),
        (f"{_ROWS}select '\n\\x';", "\n\n\n\nselect '\n\\x';"),
        ("select '\nCOPY t FROM stdin;\n\\.\n';\n\\d", "select '\nCOPY t FROM stdin;\n\\.\n';\n"),
        ("\\copy t from stdin csv\nit's\n\\.\nselect 1;", "\n\n\nselect 1;"),
    ],
)
def test_commands_and_rows_leave_empty_lines(text: str, left: str) -> None:
    assert without_commands("a.sql", text)[0] == left


@pytest.mark.parametrize(
    "text",
    [
        "select '\n\\d\n'",
        "select E'\\'\n\\d\n'",
        "select 'it''s\n\\d\n'",
        "select $$\n\\d\n$$",
        "select $a$ $A$ $$\n\\d\n$a$",
        "select $größe$\n\\d\n$größe$",
        'create table "a\n\\d\n" ()',
        "/* a /* b */\n\\d\n*/ select 1",
        "select 1 /*\n\\d",
        "-- it's\nselect '\n\\d\n'",
        "select a$b, '$\n\\d\n', c$b",
        "select 1 as type, $$\n\\d\n$$",
        f"select $q$\n{_ROWS}$q$",
    ],
)
def test_what_is_in_a_token_stays(text: str) -> None:
    assert without_commands("a.sql", text) == (text, False)


@pytest.mark.parametrize(
    "copy",
    [
        "copy t from stdin ;",
        "  COPY t (a,\n  b) FROM STDIN;",
        "COPY t FROM stdin WITH (FORMAT csv, DELIMITER '|');",
        "copy t from stdin csv;  ",
    ],
)
def test_rows_in_any_format_are_left_out(copy: str) -> None:
    text = f"{copy}\nit's\n\\.\nselect 1;"
    assert without_commands("a.sql", text) == ("\n" * text.count("\n") + "select 1;", True)


def test_rows_are_told() -> None:
    assert without_commands("a.sql", _ROWS)[1]
    assert not without_commands("a.sql", "\\restrict x\nselect 1;")[1]


@pytest.mark.parametrize(
    "line",
    [
        *(r"\restrict Ab1", r"\unrestrict Ab1", r"\echo :x `date`", r"\pset pager off \timing"),
        *(r"\set ON_ERROR_STOP on", r"\set", r"\unset QUIET", r"\encoding 'UTF-8'", r"\encoding"),
        *(r"\dt+ user_1.*", r"\o /dev/null", r"\x", r"\copy t to 'a\b.csv'"),
        *(r"\copy (select 1) to 'f'", r"\copy (select (a) from t where b = ')') TO stdout csv"),
    ],
)
def test_what_only_shows_is_left_out(line: str) -> None:
    assert without_commands("a.sql", f"select 1;\n{line}\nselect 2;") == (
        "select 1;\n\nselect 2;",
        False,
    )


@pytest.mark.parametrize(
    "line", [r"\copy t from 'a.csv' delimiter E'\t'", r"\COPY t (a, b) FROM PROGRAM 'x'"]
)
def test_rows_of_another_file_are_told(line: str) -> None:
    assert without_commands("a.sql", line) == ("", True)


@pytest.mark.parametrize(
    ("line", "command", "to_do"),
    [
        (r"\i other.sql", r"\i", "Name the files"),
        (r"\ir 'parts/rest.sql'", r"\ir", "Name the files"),
        (r"\x \include_relative a.sql", r"\include_relative", "Name the files"),
        (r"\if :is_new", r"\if", "without psql's variables"),
        (r"\set schema user_1", r"\set", "without psql's variables"),
        (r"select 1 \gset", r"\gset", "without psql's variables"),
        (r"select 'create table b ()' \gexec", r"\gexec", "semicolon"),
        (r"select 1 \; select 2", r"\;", "semicolon"),
        (r"\connect other", r"\connect", "one database"),
        (r"\encoding latin1", r"\encoding", "UTF-8"),
        (r"\copy (select f()) to 'x'", r"\copy", "Take it out"),
        (r"\q", r"\q", "Take it out"),
        (r"\! psql -f other.sql", r"\!", "Take it out"),
        (r"\x \\ create table b ()", "\\\\", "one statement or command a line"),
        (r"\copy (with a as (delete from t returning 1) table a) to 'x'", r"\copy", "Take it out"),
        (r"\copy (select * into b from t) to 'x'", r"\copy", "Take it out"),
        (r"\copy (select :x) to 'x'", r"\copy", "Take it out"),
    ],
)
def test_what_may_change_what_is_built_is_refused(line: str, command: str, to_do: str) -> None:
    with pytest.raises(DesiredStateError) as caught:
        without_commands("a.sql", f"select '\n\\i';\n{line}\n")
    assert caught.value.message.startswith(f"a.sql, line 3: psql would run {command} here")
    assert to_do in (caught.value.remedy or "")


@pytest.mark.parametrize("begin", ["'", "E'", '"', "$$", "$a$", "/*"])
def test_what_has_no_end_has_no_commands(begin: str) -> None:
    """The parser tells where it begins."""
    text = f"select {begin}a\n\\ir other.sql\n"
    assert without_commands("a.sql", text) == (text, False)
