"""What is said about errors of a server that speaks another language: as much as in English."""

from pathlib import Path

import psycopg2
import pytest

from tests.servers import Cli, Database

_MODELS = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("a", metadata, {})
"""

_CASES = {
    "an extension's type": ("create table a (x citext)", 'CREATE EXTENSION "citext"'),
    "an extension's function": (
        "create table a (x float default similarity('a', 'b'))",
        'CREATE EXTENSION "pg_trgm"',
    ),
    "no operators": (
        "create table a (x int, exclude using gist (x with =))",
        'CREATE EXTENSION "btree_gist"',
    ),
    "a line of a body": (
        "create function f2() returns int language plpgsql as $$\nbegin\n\nraise '%';\nend $$",
        "line 4",
    ),
    "what a revision makes": (
        _MODELS.format('sa.Column("x", sa.Integer, server_default=sa.text("nix()"))'),
        "If a revision or a library makes it",
    ),
    "what is there twice": (
        _MODELS.format('sa.Column("x", sa.Integer, index=True), sa.Index("ix_a_x", "x")'),
        "The models declare ix_a_x 2 times",
    ),
    "a name with quotation marks, twice": (
        _MODELS.format("sa.Column('x', sa.Integer), *(sa.Index('we\"i r', 'x') for _ in '12')"),
        'The models declare we"i r 2 times',
    ),
    "an operator class of a revision": (
        _MODELS.format(
            'sa.Column("x", sa.Integer), sa.Index("i", "x", postgresql_ops={"x": "nix"})'
        ),
        "If a revision or a library makes it",
    ),
    "a table that is referred to": (
        _MODELS.format('sa.Column("y", sa.Integer), sa.Column("x", sa.ForeignKey("public.b.x"))')
        + 'sa.Table("b", metadata, sa.Column("x", sa.Integer), schema="public")',
        "table a, column x",
    ),
}


@pytest.mark.postgres(15)
@pytest.mark.parametrize("case", _CASES)
@pytest.mark.parametrize("language", ["C", "de_DE.UTF-8"])
def test_our_words_do_not_depend_on_those_of_the_server(
    database: Database, cli: Cli, tmp_path: Path, case: str, language: str
) -> None:
    try:
        database.execute(f"set lc_messages = '{language}'; reset lc_messages")
    except psycopg2.errors.InvalidParameterValue:
        pytest.skip(f"the machine has no locale {language}")
    desired, said = _CASES[case]
    name = "models.py:metadata" if desired.startswith(_MODELS[:10]) else "desired.sql"
    (tmp_path / name.partition(":")[0]).write_text(desired)
    database.execute("create schema user_1")
    options = {"PGOPTIONS": f"-c lc_messages={language}"}
    outcome = cli("plan", "--desired", name, cwd=tmp_path, env=options)
    assert outcome.code == 1, outcome.out
    assert said in " ".join(outcome.err.split())
    assert language == "C" or "does not exist" not in outcome.err
