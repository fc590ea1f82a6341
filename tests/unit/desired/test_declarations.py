"""Renames that comments in SQL declare: what they belong to, and what they name."""

from pathlib import Path

import pytest

from diffapply.desired import load
from diffapply.errors import DesiredStateError
from diffapply.model.rename import Rename


def declared(folder: Path, text: str, token: str | None = None) -> list[tuple[str, str, str, str]]:
    """Kind, table, old and new name of each rename."""
    file = folder / "schema.sql"
    file.write_bytes(text.encode())
    return [(r.kind, r.table, r.old, r.new) for r in load(str(file), token).renames]


def refused(folder: Path, text: str, token: str | None = None) -> str:
    """The error for a text, without the file's name."""
    with pytest.raises(DesiredStateError) as error:
        declared(folder, text, token)
    assert error.value.exit_code == 1
    return error.value.message.removeprefix(f"{folder}/")


SAYS = "-- diffapply: renamed from x"

AT_THE_END = [
    (f"create table t ( {SAYS}\n  a int\n)", ("table", "t", "x", "t")),
    (f"create table\n  t {SAYS}\n(a int)", ("table", "t", "x", "t")),
    (f"create table t (a int, b int); {SAYS}", ("table", "t", "x", "t")),
    (f"create table t (\n  a int, {SAYS}\n  b int\n)", ("column", "t", "x", "a")),
    (f"create table t (\n  a int,\n  b int {SAYS}\n)", ("column", "t", "x", "b")),
    (f"create table t (\n  a int\n  , b int {SAYS}\n)", ("column", "t", "x", "b")),
    (f"create table t (a int,\n  b int); {SAYS}\n", None),
    (
        f"create table t (\n  a int constraint c check (a > 0) not null, {SAYS}\n  b int\n)",
        ("column", "t", "x", "a"),
    ),
    (
        f"create table t (\n  a int\n    constraint c check (a > 0) {SAYS}\n)",
        ("constraint", "t", "x", "c"),
    ),
    (
        f"create table t (\n  a int,\n  constraint c check (a > 0) {SAYS}\n)",
        ("constraint", "t", "x", "c"),
    ),
    (f"create index i on t (a); {SAYS}", ("index", "t", "x", "i")),
    (f"create unique index {SAYS}\n  i on t (a)", ("index", "t", "x", "i")),
    (f"create view v as select 1; {SAYS}", ("view", "v", "x", "v")),
    (
        f"create materialized view v as {SAYS}\n select 1",
        ("materialized view", "v", "x", "v"),
    ),
    (f"create table t as select 1 as a; {SAYS}", ("table", "t", "x", "t")),
    (f"create sequence s; {SAYS}", ("sequence", "s", "x", "s")),
    (f"create type e as enum ('a', 'b'); {SAYS}", ("enum", "e", "x", "e")),
    (f"create type e as enum ( {SAYS}\n  'a')", ("enum", "e", "x", "e")),
    (f"create type c as (a int, b int); {SAYS}", ("composite type", "c", "x", "c")),
    (f"create domain d as int; {SAYS}", ("domain", "d", "x", "d")),
    (f"create foreign table t ( {SAYS}\n a int) server s", ("table", "t", "x", "t")),
    (f"create table p partition of t {SAYS}\n for values in (1)", ("table", "p", "x", "p")),
    (f"alter table t add column a int; {SAYS}", ("column", "t", "x", "a")),
    (
        f"alter table only t\n  add constraint c check (true), {SAYS}\n  add b int",
        ("constraint", "t", "x", "c"),
    ),
]


@pytest.mark.parametrize(("text", "expected"), AT_THE_END)
def test_at_the_end_of_a_line(
    tmp_path: Path, text: str, expected: tuple[str, str, str, str] | None
) -> None:
    """It belongs to what begins in that line; behind a semicolon, to the statement."""
    if expected is None:
        assert "belongs to nothing" in refused(tmp_path, text)
    else:
        assert declared(tmp_path, text) == [expected]


IN_FRONT = [
    (f"{SAYS}\ncreate table t (a int, b int)", ("table", "t", "x", "t")),
    (f"{SAYS}\n-- the accounts\n\n/* of all */ create table t ()", ("table", "t", "x", "t")),
    (f"create table t (\n {SAYS}\n  a int, b int\n)", ("column", "t", "x", "a")),
    (f"create table t (a int\n {SAYS}\n  , b int\n)", ("column", "t", "x", "b")),
    (f"create table t (a int,\n {SAYS}\n constraint c unique (a))", ("constraint", "t", "x", "c")),
    (f"{SAYS}\nalter table only t\n  add constraint c unique (a)", ("constraint", "t", "x", "c")),
    (f"alter table t add a int,\n{SAYS}\nadd column b int", ("column", "t", "x", "b")),
    (f"create table u ();\n{SAYS}\ncreate index i on t (a)", ("index", "t", "x", "i")),
    (f"create table u (); {SAYS}\ncreate table t ()", ("table", "u", "x", "u")),
]


@pytest.mark.parametrize(("text", "expected"), IN_FRONT)
def test_on_a_line_of_its_own(
    tmp_path: Path, text: str, expected: tuple[str, str, str, str]
) -> None:
    """It belongs to what begins next."""
    assert declared(tmp_path, text) == [expected]


def test_labels(tmp_path: Path) -> None:
    """Their earlier names are constants, as they are themselves."""
    text = """
        create type "Mood" as enum (
            'fine', -- diffapply: renamed from 'ok'
            -- diffapply: renamed from 'it''s -- bad', E'b\\\\ad', U&'\\00e9'
            'so, so (really)', 'sad'
        );
        -- diffapply: renamed from 'x'
        alter type "Mood" add value 'y' after 'sad';
    """
    assert declared(tmp_path, text) == [
        ("label", "Mood", "ok", "fine"),
        ("label", "Mood", "it's -- bad", "so, so (really)"),
        ("label", "Mood", "b\\ad", "so, so (really)"),
        ("label", "Mood", "é", "so, so (really)"),
        ("label", "Mood", "x", "y"),
    ]


@pytest.mark.parametrize(
    ("said", "olds"),
    [
        ("Users", ["users"]),
        ('"Users"', ["Users"]),
        ('"a ""b"" -- c", Ünï , date', ['a "b" -- c', "Ünï", "date"]),
        ('U&"\\00fc"', ["ü"]),
        ("a -- since the spring", ["a"]),
        ("tenant.a, b", ["a", "b"]),
    ],
)
def test_names_are_quoted_as_in_sql(tmp_path: Path, said: str, olds: list[str]) -> None:
    """Without quotes, capitals do not count."""
    text = f"-- DiffApply:Renamed  from {said}\ncreate table tenant.t ()"
    assert [old for _, _, old, _ in declared(tmp_path, text, "tenant")] == olds


@pytest.mark.parametrize(
    "said",
    [
        *("", " ", "order", "a b", "a;", "a,", "'a'", '"', '""', "a.b.c", "public.a", "1"),
        *("a cascade", "a; drop table b", "if exists a", "a restrict", "a /* b", "a to b"),
    ],
)
def test_what_is_no_name_is_refused(tmp_path: Path, said: str) -> None:
    """With the file and the line."""
    error = refused(tmp_path, f"create table u ();\n-- diffapply: renamed from {said}\n{_TABLE}")
    assert error.startswith("schema.sql, line 2: after `renamed from`, write a name")


_TABLE = "create table t (a int)"


@pytest.mark.parametrize(
    "said", ["a", '"a"', "", "'a') ; drop type b; --", "'a' 'b'", "'a'), ('b'"]
)
def test_what_is_no_label_is_refused(tmp_path: Path, said: str) -> None:
    """A label is a constant."""
    text = f"create type e as enum (\n'b' -- diffapply: renamed from {said}\n)"
    assert "after `renamed from`, write a constant" in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"create table t (a int, b int {SAYS}\n)", "may belong to table t or column a or column"),
        (f"create table t (\n a int, b int {SAYS}\n)", "may belong to column a or column b"),
        (f"create type e as enum ('a' {SAYS}\n)", "may belong to enum e or label a"),
        (f"{_TABLE};\n{SAYS}", "belongs to nothing of the tenant"),
        (f"{SAYS}\ngrant select on t to public", "belongs to nothing of the tenant"),
        (f"create table t {SAYS}\n(a int);\n{SAYS}\n;", "belongs to nothing of the tenant"),
        (f"{_TABLE}\n{SAYS}\n;", "belongs to nothing of the tenant"),
        (f"create table t\n{SAYS}\n(a int)", "belongs to nothing of the tenant"),
        (f"create table t (\na numeric\n  default 0 {SAYS}\n)", "belongs to nothing of the tenant"),
        (f"{SAYS}\ncreate table public.t (a int)", "belongs to nothing of the tenant"),
        (f"{SAYS}\ncreate index on t (a)", "belongs to nothing of the tenant"),
        (f"{SAYS}\nalter table t add a int, add b int", "belongs to nothing of the tenant"),
        (f"{SAYS}\ncreate function f() returns int return 1", "belongs to nothing of the tenant"),
        (f"create table t (\na int not null constraint c not null {SAYS}\n)", ""),
        (f"{SAYS}\ncreate table x ()", "table x is declared as renamed from itself"),
        (f"{SAYS}\n{SAYS}\n{_TABLE}", "another comment (FILE, line 1)"),
        (f"{SAYS}\ncreate table t ();\n{SAYS}\ncreate table u ()", "earlier name of u and of t"),
        (f"-- diffapply: was x\n{_TABLE}", "does not know what the comment declares"),
        (f"-- diffapply renamed from x\n{_TABLE}", "does not know what the comment declares"),
        (f"-- diffapply: renamed fromx\n{_TABLE}", "does not know what the comment declares"),
        (f"/* diffapply: renamed from x */\n{_TABLE}", "does not read a comment in /* */"),
    ],
)
def test_what_is_not_clear_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """It is never passed over in silence."""
    if not says:
        assert declared(tmp_path, text) == [("column", "t", "x", "a")]
    else:
        error = refused(tmp_path, text)
        assert says.replace("FILE", f"{tmp_path}/schema.sql") in error
        line = text.count("\n", 0, max(text.rfind(SAYS), text.find("diffapply"))) + 1
        assert error.startswith(f"schema.sql, line {line}: ")


@pytest.mark.parametrize(
    "text",
    [
        f"create table t (a text default '{SAYS}')",
        f"create table t (a text default '\n{SAYS}\n')",
        f'create table "{SAYS}" (a text)',
        f"create function f() returns int language sql as $$\n{SAYS}\nselect 1 $$",
        f"create function f() returns int language sql as $q$\n{SAYS}\n$$ select $q$",
        f"create table t ( /*\n{SAYS}\n a int */ )",
        f"create table t ( /* /*\n{SAYS}\n*/\n{SAYS}\n*/ a int )",
        f"-- {SAYS}\ncreate table t ()",
        f"---- {SAYS[3:10]}ation\ncreate table t ()",
        "-- diffapply needs this table\ncreate table t ()",
        "-- renamed from x\ncreate table t ()",
    ],
)
def test_what_is_no_comment_of_ours_declares_nothing(tmp_path: Path, text: str) -> None:
    """Constants, names, bodies, and what was commented out."""
    assert declared(tmp_path, text) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_letters_of_any_kind(tmp_path: Path, end: str) -> None:
    """Positions are those of characters, and a line ends as its editor ends it."""
    text = end.join(
        [
            "-- Größen 🙂 'x",
            'CREATE TABLE "Größe" ( -- diffapply: renamed from größe',
            "  é text DEFAULT '🙂🙂 --', -- diffapply: renamed from e",
            '  -- diffapply: renamed from "Ü"',
            "  ü text",
            ");",
        ]
    )
    assert declared(tmp_path, text) == [
        ("table", "Größe", "größe", "Größe"),
        ("column", "Größe", "e", "é"),
        ("column", "Größe", "Ü", "ü"),
    ]


def test_files_of_a_folder_count_as_one(tmp_path: Path) -> None:
    """Two of them cannot claim the same earlier name, of different tables' columns they can."""
    column = "create table {} (\n a int " + SAYS + "\n)"
    (tmp_path / "1.sql").write_text(column.format("t"))
    (tmp_path / "2.sql").write_text(column.format("u"))
    assert load(str(tmp_path)).renames == (
        Rename("column", "t", "x", "a"),
        Rename("column", "u", "x", "a"),
    )
    (tmp_path / "3.sql").write_text(f"alter table u add b int {SAYS}")
    with pytest.raises(DesiredStateError, match=r"3\.sql, line 1: column x is an earlier name of"):
        load(str(tmp_path))


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """Rows and psql's own commands are skipped, but their lines count."""
    text = f"\\restrict x\nCOPY public.t FROM stdin;\n1\n2\n\\.\n\n{SAYS}\nselect 1;"
    assert refused(tmp_path, text).startswith("schema.sql, line 7: ")
