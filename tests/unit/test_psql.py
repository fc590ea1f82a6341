"""What psql reads in a file is left out, and nothing that is SQL."""

import pytest

from diffapply.desired.psql import without_commands

_ROWS = "COPY public.t (a, b) FROM stdin;\n1\tit's\n\\N\t$$\n\\.\n"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\\restrict x'y\nselect 1;\n\\unrestrict\n", "\nselect 1;\n\n"),
        ("  \\set a b\nselect 1;", "\nselect 1;"),
        (f"{_ROWS}select '\n\\x';", "\n\n\n\nselect '\n\\x';"),
        ("select '\nCOPY t FROM stdin;\n\\.\n';\n\\d", "select '\nCOPY t FROM stdin;\n\\.\n';\n"),
    ],
)
def test_commands_and_rows_leave_empty_lines(text: str, left: str) -> None:
    assert without_commands(text)[0] == left


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
    assert without_commands(text) == (text, False)


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
    lines = copy.count("\n") + 3
    assert without_commands(f"{copy}\nit's\n\\.\nselect 1;") == ("\n" * lines + "select 1;", True)


def test_rows_are_told() -> None:
    assert without_commands(_ROWS)[1]
    assert not without_commands("\\restrict x\nselect 1;")[1]
