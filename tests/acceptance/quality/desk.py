"""Where pairs are worked on: in a database, by hand and by the library."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply import api
from diffapply.config import Settings
from diffapply.database.connection import connect
from diffapply.database.session import enter_schema
from tests.acceptance.dumps import difference, dumped
from tests.acceptance.quality.pair_files import Pair
from tests.servers import Server

_TENANT = "user_1"
_PRIVILEGES = "grants"
"""The kind of which owners and grants count, too."""


class BlockedError(Exception):
    """The library plans nothing for a pair."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A database of its own."""

    url: str
    connection: Connection

    def planned(self, pair: Pair) -> tuple[str, ...]:
        """The statements that the library plans for a tenant.

        Raises:
            BlockedError: it plans none.
        """
        self._build(_TENANT, [pair.before])
        try:
            with tempfile.TemporaryDirectory() as folder:
                desired = Path(folder) / "desired.sql"
                desired.write_text(pair.after, "utf-8")
                settings = Settings(
                    self.url, desired=str(desired), privileges=pair.kind == _PRIVILEGES
                )
                plan = api.plan(settings)
        finally:
            self._drop(_TENANT)
        [transition] = plan.transitions
        if transition.blocked:
            raise BlockedError("; ".join(transition.blocked))
        return tuple(statement.sql for statement in transition.statements)

    def wrong_by_hand(self, pairs: Sequence[Pair]) -> dict[str, str]:
        """Name of a pair → how what its expected statements lead to differs from what it wants.

        pg_dump judges, of all pairs at once; or PostgreSQL, which refuses a statement.
        """
        wrong: dict[str, str] = {}
        ends = {pair.name: (f"{pair.name} by hand", f"{pair.name} wanted") for pair in pairs}
        for pair in pairs:
            by_hand, wanted = ends[pair.name]
            try:
                self._build(by_hand, [pair.before], pair.expected)
                self._build(wanted, [pair.after])
            except psycopg2.Error as error:
                wrong[pair.name] = str(error)
        names = [name for pair in pairs if pair.name not in wrong for name in ends[pair.name]]
        dumps = dumped(self.url, names, privileges=True)
        for name, (by_hand, wanted) in ends.items():
            if name not in wrong and (told := difference(dumps[wanted], dumps[by_hand])):
                wrong[name] = told
        return wrong

    def _build(self, schema: str, *lots: Sequence[str]) -> None:
        """Make a schema and run lots of statements in it, each lot in a transaction."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
            for lot in lots:
                cursor.execute("begin")
                try:
                    enter_schema(self.connection, schema)
                    for statement in filter(str.strip, lot):
                        cursor.execute(statement)
                except psycopg2.Error:
                    cursor.execute("rollback")
                    raise
                cursor.execute("commit")

    def _drop(self, schema: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))


@contextmanager
def desk(server: Server) -> Iterator[Desk]:
    """A desk in a database of its own, for the length of a block."""
    with server.new_database() as database:
        connection = connect(database.url)
        try:
            yield Desk(database.url, connection)
        finally:
            connection.close()
