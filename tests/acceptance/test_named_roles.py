"""Roles that structures name are there where scratch is on the embedded server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from diffapply.database import embedded
from tests.servers import Cli, Database
from tests.waiting import wait_for

_STRUCTURE = """
create table {0}a (id integer);
create policy own on {0}a to {1} using (id > 0);
"""
_MODELS = """from sqlalchemy import *
metadata = MetaData()
t = Table("a", metadata, Column("id", Integer))
{0}
"""
_LEFT = """
select r.rolname, r.rolcanlogin, exists (
    select from pg_database where datname ~ '^diffapply_scratch_'
)
from pg_roles r where r.rolname = %s
"""


class World:
    """A tenant with a policy for a role, and a role that may only read."""

    def __init__(self, database: Database, folder: Path, reader: str, clerk: str) -> None:
        self.clerk = clerk
        self._folder, self._cli = folder, Cli(database.server.url(database.name, reader))
        database.execute(f"create schema user_1; grant usage on schema user_1 to {reader}")
        database.execute(_STRUCTURE.format("user_1.", clerk))

    def drift(self, text: str, name: str = "schema.sql") -> tuple[int, str]:
        (self._folder / name).write_text(text)
        desired = name.replace(".py", ".py:metadata")
        done = self._cli("drift", "--desired", desired, cwd=self._folder)
        return done.code, done.out + done.err


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with database.role("reader") as reader, database.role("clerk") as clerk:
        yield World(database, tmp_path, reader, clerk)


def _gone(role: str) -> bool:
    """Whether the embedded server has the role no more, or still scratch databases of others."""
    url = embedded.ensure_running()
    with closing(psycopg2.connect(url)) as there, there.cursor() as cursor:
        cursor.execute(_LEFT, [role])
        found = cursor.fetchall()
    assert [login for _, login, _ in found] in ([], [False])
    return all(in_use for *_, in_use in found)


def test_a_policy_for_a_role(world: World) -> None:
    """It can be built, in the tenant's place and as the desired state; then the role goes."""
    code, said = world.drift(_STRUCTURE.format("", world.clerk))
    assert code == 0, said
    code, said = world.drift(_STRUCTURE.format("", world.clerk).replace("> 0", "> 1"))
    assert (code, "blocked" in said) == (2, False)
    wait_for(lambda: _gone(world.clerk))


def test_in_models(database: Database, world: World) -> None:
    """What a listener executes that is DDL is known before; of a function, the error tells why."""
    with database.role("auditor") as auditor, database.role("guest") as guest:
        policy = f"create policy theirs on a to {world.clerk}, {auditor} using (id > 0)"
        event = f"event.listen(t, 'after_create', DDL({policy!r}))"
        code, said = world.drift(_MODELS.format(event), "ddl.py")
        assert (code, "missing policy a.theirs" in said) == (2, True), said
        # Not one of those: they stay there while anybody's scratch does.
        policy = f"create policy theirs on a to {guest} using (id > 0)"
        event = f"event.listen(t, 'after_create', lambda t, c, **_: c.execute(text({policy!r})))"
        code, said = world.drift(_MODELS.format(event), "code.py")
    assert code == 1
    assert "give --scratch-url with an empty database on a server that has it, too" in said


def test_a_role_that_is_nowhere(world: World) -> None:
    """It is refused as on the live server."""
    code, said = world.drift(_STRUCTURE.format("", "nobody_at_all"))
    assert (code, 'role "nobody_at_all" does not exist' in said) == (1, True)


_MINE = """
create table {0}a (id integer);
create policy mine on {0}a to {1}, {2} using (id > 0);
"""


@pytest.mark.parametrize("superuser", [False, True], ids=["embedded", "throw-away role"])
def test_a_policy_for_the_current_user(
    database: Database, tmp_path: Path, *, superuser: bool
) -> None:
    """That is the role which connects to the tenants, whichever builds in scratch."""
    with database.role("reader") as reader, database.role("owner") as owner:
        database.execute(f"create schema user_1; grant usage on schema user_1 to {reader}")
        who = "postgres" if superuser else reader
        database.execute(
            _MINE.format("user_1.", who, owner) + f"alter schema user_1 owner to {owner};"
            f"alter table user_1.a owner to {owner}"
        )
        cli = Cli(database.url if superuser else database.server.url(database.name, reader))
        (tmp_path / "schema.sql").write_text(_MINE.format("", "CURRENT_USER", owner))
        same = cli("drift", "--desired", "schema.sql", cwd=tmp_path)
        database.execute("drop policy mine on user_1.a")
        planned = cli("plan", "--desired", "schema.sql", "--format", "sql", cwd=tmp_path)
        policy = "create policy mine on a to session_user using (id > 0)"
        event = f"event.listen(t, 'after_create', lambda t, c, **_: c.execute(text({policy!r})))"
        (tmp_path / "code.py").write_text(_MODELS.format(event))
        code = cli("plan", "--desired", "code.py:metadata", "--format", "sql", cwd=tmp_path)
    assert same.code == 0, same.out + same.err
    said = "TO " + ", ".join(sorted([who, owner]))
    assert said in planned.out, planned.out + planned.err
    if superuser:
        assert "TO postgres" in code.out, code.out + code.err
    else:
        assert f"is for the current user, {reader!r}, and scratch does not have" in code.err
