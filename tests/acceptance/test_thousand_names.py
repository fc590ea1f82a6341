"""Whatever a tenant is called, equal structures have equal fingerprints, and no others have."""

from itertools import islice, product

import pytest
from psycopg2 import sql

from diffapply.catalog.reader import read_fingerprints
from diffapply.database.connection import connected
from diffapply.database.session import enter_schema
from tests.servers import Database

_STRUCTURE = """
create type mood as enum ('good', 'bad');
create sequence numbers;
create function next() returns bigint language sql as $$ select nextval('numbers') $$;
create function one() returns integer language sql immutable return 1;
create table jobs (
    id bigint primary key default nextval('numbers'), name text not null, mood mood default 'good',
    twice text generated always as (name || name) stored, check (length(name) > one())
);
create table tasks (job bigint references jobs on delete cascade, position integer, unique (job));
create index on tasks (position) where position > one();
create view open as select j.name, t.position from jobs j join tasks t on t.job = j.id;
create materialized view summary as select count(*) from open;
create rule quiet as on delete to tasks where old.position = 1 do instead nothing;
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before update of name on jobs for each row execute function touch('x');
create policy own on jobs using (id > one());
create statistics s on job, position from tasks;
comment on column jobs.name is 'what';
"""
_ONE_MORE_FACT = (
    "comment on column jobs.name is 'what?'",
    "alter table tasks alter position set default 1",
    "alter table jobs disable trigger touch",
    "create or replace view open as select j.name, t.position from jobs j, tasks t where job = id",
    "alter sequence numbers cache 2",
    "alter type mood rename value 'bad' to 'worse'",
)
_SYNTAX = r"""user_1 User select public pg a.b q" "" ' ;-- /* */ $1 %s % \ \n ( ), ^user_ :: - *"""
_PIECES = (*_SYNTAX.split(), " ", "\t", "ü", "ß", "漢字", "🐘", "e\u0301", "é", "jobs", "İ")


def _hostile_names(number: int) -> list[str]:
    """Different names, of pieces that are syntax somewhere; some as long as a name may be."""
    made = ("".join(pieces) for pieces in product(_PIECES, repeat=2))
    short = (name for name in made if not name.startswith("pg_"))
    names = dict.fromkeys(islice(short, number))
    for name in list(names)[::25]:
        del names[name]
        names[(name + "x" * 63).encode()[:63].decode(errors="ignore")] = None
    return list(names)


@pytest.mark.prove
@pytest.mark.postgres(15, 18)
def test_a_thousand_hostile_names(database: Database) -> None:
    """A thousand tenants are one shape, and each with one fact more is another one."""
    names = _hostile_names(880)
    with connected(database.url) as connection, connection.cursor() as cursor:
        names += [f"tenant {number}" for number in range(1000 - len(names))]
        for name in names:
            cursor.execute("begin")
            cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(name)))
            enter_schema(connection, name)
            cursor.execute(_STRUCTURE)
            cursor.execute("commit")
        assert len(set(names)) == 1000
        found = read_fingerprints(connection, names)
        assert found.keys() == set(names)
        assert len(set(found.values())) == 1
        changed = names[:: len(names) // len(_ONE_MORE_FACT)][: len(_ONE_MORE_FACT)]
        for name, change in zip(changed, _ONE_MORE_FACT, strict=True):
            cursor.execute("begin")
            enter_schema(connection, name)
            cursor.execute(change)
            cursor.execute("commit")
        found = read_fingerprints(connection, names)
        assert len({found[name] for name in changed}) == len(changed)
        assert len({found[name] for name in names if name not in changed}) == 1
        assert len(set(found.values())) == 1 + len(changed)
