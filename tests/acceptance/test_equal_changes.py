"""Tenants that differ get equal statements for equal changes, in equal order."""

from pathlib import Path

import pytest

from tests.servers import Cli, Database

_LIVE = """
create type state as enum ('new', 'done');
create table accounts (id serial primary key, name varchar(40), fax text);
create table orders (id serial primary key, account integer references accounts, total integer,
    state state not null default 'new');
create index ix_total on orders (total);
create view open_orders as select id, total from orders where state = 'new';
"""
_DESIRED = """
create type state as enum ('new', 'open', 'done');
create function touch() returns trigger language plpgsql as 'begin return new; end';
create table accounts (id bigserial primary key, name varchar(80) not null);
create table orders (id serial primary key, account integer references accounts on delete cascade,
    total bigint not null, state state not null default 'new', noted timestamptz);
create table notes (id bigserial primary key, orders integer references orders, text text);
create index ix_total on orders (total, state);
create trigger touch before update on orders for each row execute function touch();
create view open_orders as select id, total from orders where state = 'new';
"""
_OWN = {
    "user_1": "",
    "user_2": "create table aaa (id integer primary key, orders integer references orders);",
    "user_3": "create table zzz (total bigint); create view yyy as select total from zzz;",
    "user_4": "alter table orders add column aaa integer; create index aaa on orders (aaa);",
    "user_5": "alter table accounts add constraint aaa check (id > 0); drop index ix_total;"
    " create index ix_total on orders (total);",
    "user_6": "create function aaa() returns integer language sql as 'select 1';"
    " create type zzz as enum ('a'); create sequence mmm;",
}
"""What each has besides; none of it changes, but for being dropped."""


def _touches_own(action: str) -> bool:
    return any(name in action for name in ("aaa", "yyy", "zzz", "mmm"))


def _actions(sql: str) -> list[str]:
    """A statement, or what an ALTER TABLE does one by one; without what is the tenant's own."""
    return [its for its in sql.split(", ") if not _touches_own(its)]


@pytest.mark.postgres(18, prove=(15,))
def test_what_a_tenant_has_besides_does_not_change_the_others_order(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    for tenant, own in _OWN.items():
        database.execute(f"create schema {tenant}; set search_path = {tenant}; {_LIVE} {own}")
        database.execute("reset search_path")
    (tmp_path / "desired.sql").write_text(_DESIRED)
    plan = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path)
    assert plan.code == 0, plan.err
    said = {
        tenant: [rest for its in transition["statements"] if (rest := _actions(its["sql"]))]
        for transition in plan.json["transitions"]
        for tenant in transition["tenants"]
    }
    assert said.keys() >= _OWN.keys()
    assert len(said["user_1"]) > 5
    for tenant, statements in said.items():
        if tenant in _OWN:
            assert statements == said["user_1"], tenant
