"""What a hint advises can be done: done as it says, the plan drops nothing any more."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.servers import Cli, Database

_BEFORE = """
create type status as enum ('new', 'it''s open', 'done');
create table users (id int primary key, "e Mail" text, age smallint, born date, city text);
create table orders (
    id serial primary key, user_id int references users, amount numeric(8, 2) not null,
    state status default 'it''s open', note varchar(50)
);
create table users_orders (
    user_id int references users, order_id int references orders, primary key (user_id, order_id)
);
create table events (id int, at timestamptz, what text) partition by list (id);
create table events_1 partition of events for values in (1);
"""
_ROWS = """
insert into users values (1, 'a@b', 30, '1990-01-01', 'x');
insert into orders (user_id, amount, note) values (1, 5.5, 'x');
insert into users_orders values (1, 1);
insert into events values (1, now(), 'that');
"""
_ASKED = {
    "table users → accounts",
    "table users_orders → accounts_orders",
    "column accounts_orders.user_id → account_id",
    "table events → log",
    "table events_1 → log_1",
    'column accounts."e Mail" → "-- Größe"',
    "column accounts.age → years",
    "column orders.amount → total",
    "column orders.note → remark",
    "label status.'it''s open' → 'under, \"way\"'",
}
_SQL = """
create type status as enum ('new', 'under, "way"', 'done');
create table accounts (
    id int primary key, "-- Größe" text,
    years smallint, born date, city text
);
create table orders (id serial primary key,
    user_id int references accounts, total numeric(8, 2) not null, state status
        default 'under, "way"', remark text);
create table accounts_orders (
    account_id int references accounts, order_id int references orders,
    primary key (account_id, order_id)
);
create table log (id int, at timestamptz, what text) partition by list (id);
create table log_1 partition of log for values in (1);
"""
_MODELS = """
from sqlalchemy import *
INFO = {}
def at(kind, *names):
    return {"info": INFO.get((kind, names), {})}
metadata = MetaData()
status = Enum("new", 'under, "way"', "done", name="status")
Table("accounts", metadata, Column("id", Integer, primary_key=True, autoincrement=False),
      Column("-- Größe", Text, **at("column", "accounts", '"-- Größe"')),
      Column("years", SmallInteger, **at("column", "accounts", "years")), Column("born", Date),
      Column("city", Text), **at("table", "accounts"))
Table("orders", metadata, Column("id", Integer, primary_key=True),
      Column("user_id", ForeignKey("accounts.id")),
      Column("total", Numeric(8, 2), nullable=False, **at("column", "orders", "total")),
      Column("state", status, server_default='under, "way"',
             **at("label", "status", "'under, \\"way\\"'")),
      Column("remark", Text, **at("column", "orders", "remark")))
Table("accounts_orders", metadata,
      Column("account_id", ForeignKey("accounts.id"), primary_key=True,
             **at("column", "accounts_orders", "account_id")),
      Column("order_id", ForeignKey("orders.id"), primary_key=True),
      **at("table", "accounts_orders"))
Table("log", metadata, Column("id", Integer), Column("at", DateTime(timezone=True)),
      Column("what", Text), postgresql_partition_by="LIST (id)", **at("table", "log"))
Table("log_1", metadata, Column("id", Integer), Column("at", DateTime(timezone=True)),
      Column("what", Text), **at("table", "log_1"))
event.listen(metadata.tables["log_1"], "after_create",
             DDL("alter table log attach partition log_1 for values in (1)"))
"""
_HINT = re.compile(
    r"(?P<asked>(?P<kind>table|column|label) (?:(?P<whole>\w+)\.)?(?P<old>.+) → (?P<new>.+)) looks "
    r"like a rename, but .*? If it is one, (?P<advice>.*)",
)


_Advised = Callable[[str, Sequence[re.Match[str]]], str]


def _advised_in_sql(text: str, hints: Sequence[re.Match[str]]) -> str:
    """The text with the comments where the hints say."""
    lines = text.split("\n")
    for its in hints:
        advice = re.fullmatch(
            r"put on a line of its own before the definition of (?P<kind>\w+) (?P<name>.+) "
            r"\(.*, line (?P<line>\d+)\): (?P<comment>-- diffapply: .*)",
            its["advice"],
        )
        assert advice, its["advice"]
        number = int(advice["line"]) - 1
        before = 0 if its["kind"] == "table" else lines[number].index(advice["name"])
        line = lines[number]
        # The text is put into the same line, so that the other hints find theirs.
        lines[number] = f"{line[:before]}\r{advice['comment']}\r{line[before:]}"
    return "\n".join(lines).replace("\r", "\n")


def _advised_in_metadata(text: str, hints: Sequence[re.Match[str]]) -> str:
    """The models with the `info` that the hints say."""
    for its in hints:
        advice = re.fullmatch(r"declare it on (?P<where>.+): info=(?P<info>\{.*\})", its["advice"])
        assert advice, its["advice"]
        expected = "a column of this type" if its["kind"] == "label" else f"the new {its['kind']}"
        assert advice["where"] == expected
        names = tuple(filter(None, (its["whole"], its["new"])))
        text = text.replace(
            "def at", f"INFO[({its['kind']!r}, {names!r})] = {advice['info']}\ndef at"
        )
    return text


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize(
    "kind",
    [
        ("schema.sql", _SQL, _advised_in_sql),
        pytest.param(("models.py", _MODELS, _advised_in_metadata), marks=pytest.mark.prove),
    ],
    ids=("sql", "metadata"),
)
def test_the_advice_does_what_it_says(
    database: Database, cli: Cli, tmp_path: Path, kind: tuple[str, str, _Advised]
) -> None:
    """Until nothing is asked any more; then nothing is dropped, and all rows are there."""
    database.execute(f"create schema user_1; set search_path = user_1; {_BEFORE}; {_ROWS}")
    file, text, advised = kind
    label = f"{tmp_path / file}{':metadata' if file.endswith('.py') else ''}"
    desired = ("--desired", label, "--exclude", "public")
    asked: list[str] = []
    for _ in range(3):
        (tmp_path / file).write_text(text, encoding="utf-8")
        outcome = cli("plan", "--format", "json", *desired)
        assert outcome.code == 0, outcome.err
        [transition] = outcome.json["transitions"]
        hints = [*filter(None, map(_HINT.fullmatch, transition["notes"]))]
        if not hints:
            break
        asked += [its["asked"] for its in hints]
        text = advised(text, hints)
    assert sorted(asked) == sorted(_ASKED)
    assert transition["notes"] == []
    assert not [its["sql"] for its in transition["statements"] if "DROP" in its["sql"].upper()]
    applied = cli("apply", "--yes", *desired)
    assert applied.code == 0, applied.out + applied.err
    accounts = "select * from user_1.accounts"
    assert [row[:3] for row in database.rows(accounts)] == [(1, "a@b", 30)]
    orders = "select total, state::text, remark from user_1.orders"
    assert [(float(a), b, c) for a, b, c in database.rows(orders)] == [(5.5, 'under, "way"', "x")]
    assert database.rows("select what from user_1.log_1") == [("that",)]


@pytest.mark.prove
def test_going_back_nothing_is_advised(database: Database, cli: Cli, tmp_path: Path) -> None:
    """A snapshot declares nothing."""
    database.execute("create schema user_1; create table user_1.t (a int)")
    (tmp_path / "schema.sql").write_text("create table t (b int)")
    desired = ("--desired", f"{tmp_path}/schema.sql", "--exclude", "public")
    assert "looks like a rename" in cli("plan", *desired).out
    assert cli("apply", "--yes", "--allow-destructive", *desired).code == 0
    back = cli("plan", "--backward")
    assert "drop column" in back.out.lower()
    assert "looks like a rename" not in back.out


def test_nothing_is_advised_where_nothing_can_be_declared(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """What code creates has no line that a comment could stand before."""
    database.execute("create schema user_1; create table user_1.t (a int)")
    (tmp_path / "schema.sql").write_text("do $$ begin create table t (b int); end $$")
    plan = cli("plan", "--desired", f"{tmp_path}/schema.sql", "--exclude", "public")
    assert "t.a → b looks like a rename" in plan.out
    assert "If it is one" not in plan.out
