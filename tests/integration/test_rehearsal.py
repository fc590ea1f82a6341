"""Rehearsal: what stands in scratch is what a tenant would have, and only that."""

from collections.abc import Iterator

import pytest

from diffapply.catalog.reader import read_catalog
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Shape
from diffapply.model.scope import TENANT, Scope
from diffapply.rehearsal.rehearse import Rehearsal
from tests.servers import Database

_OLD = "create table task (id int primary key, title text)"
_NEW = "create table task (id int primary key, title text, due date)"
_KEYED = "create table task (id text primary key, title text)"


class _Scratch:
    def __init__(self, database: Database) -> None:
        self.connection = database.connect()
        self.connection.autocommit = True
        self.rehearsal = Rehearsal(self.connection, [])

    def rebuilt(self, definition: str, *, stay: bool = False) -> Shape:
        """The shape of what a statement defines."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"create schema spelled; set search_path = spelled; {definition}")
            catalog = read_catalog(self.connection, "spelled")
            cursor.execute("drop schema spelled cascade")
        return self.rehearsal.rebuild(Shape(catalog), Scope(TENANT), stay=stay)

    def standing(self) -> Catalog:
        """What is committed under the tenant's name."""
        return read_catalog(self.connection, TENANT)


@pytest.fixture
def scratch(database: Database) -> Iterator[_Scratch]:
    its = _Scratch(database)
    yield its
    its.connection.close()


def test_the_way_back_begins_where_the_way_there_led(scratch: _Scratch) -> None:
    """As in a tenant: with what is left of columns that were dropped, not with a fresh copy."""
    old, new = scratch.rebuilt(_OLD), scratch.rebuilt(_NEW)
    with_less = scratch.rehearsal.prove(new, old, Scope(TENANT))
    assert [statement.sql for statement in with_less.statements]
    with scratch.connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_attribute where attrelid = %s::regclass and attisdropped",
            [f"{TENANT}.task"],
        )
        assert cursor.fetchone() == (1,)
    back = scratch.rehearsal.prove(old, new, Scope(TENANT))
    assert not back.blocked
    assert scratch.standing().fingerprint == new.fingerprint


def test_where_the_users_own_statements_led_nothing_stays(scratch: _Scratch) -> None:
    """Nobody knows what those did elsewhere, so they are taken back as a whole."""
    old, keyed = scratch.rebuilt(_OLD, stay=True), scratch.rebuilt(_KEYED)
    own = ["alter table task alter id type text"]
    assert not scratch.rehearsal.prove(old, keyed, Scope(TENANT), user_statements=own).blocked
    assert scratch.standing().fingerprint == old.fingerprint


def test_another_source_finds_nothing_of_the_one_before(scratch: _Scratch) -> None:
    """Each transition is proved from its own source alone."""
    goal = scratch.rebuilt(_NEW)
    for definition in (_OLD, _KEYED, "create table other (id int)", _OLD):
        source = scratch.rebuilt(definition, stay=True)
        proved = scratch.rehearsal.prove(source, goal, Scope(TENANT))
        assert not proved.blocked
        assert scratch.standing().fingerprint == goal.fingerprint
