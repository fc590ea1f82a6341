"""One new tenant in a database that is full of them."""

from contextlib import closing

from psycopg2.extensions import connection as Connection

import diffapply as library
from bench import commands
from bench.databases import Setting, execute
from bench.measure import Measurement, Repeats
from diffapply.database.connection import connect

_NAME = "user_999999"
_DROP = f"drop schema {_NAME} cascade"
_REPEATS = 5


def measure(setting: Setting) -> list[Measurement]:
    """Within a sign-up request, as a command, and the bare statements."""
    repeats = Repeats("provision")
    settings = library.Settings(database_url=setting.url, desired=commands.DESIRED)
    shape = library.desired_shape(settings)
    assert shape.ddl is not None
    statements = ";\n".join(shape.ddl)
    with closing(connect(setting.url, "bench")) as connection:
        _in_transaction(connection, "select 1")
        for _ in range(_REPEATS):
            with repeats.timing("the same statements, bare", "other"):
                _in_transaction(
                    connection,
                    f"create schema {_NAME}; set local search_path = {_NAME}; {statements}",
                )
            execute(setting.url, _DROP)
            with repeats.timing("provision_in, in a request's transaction", "other"):
                connection.autocommit = False
                library.provision_in(connection, _NAME, shape)
                connection.commit()
                connection.autocommit = True
            execute(setting.url, _DROP)
    for _ in range(_REPEATS):
        outcome = commands.diffapply(setting.url, "provision", _NAME)
        name = "diffapply provision, the whole command"
        repeats.add(name, "other", outcome.seconds, mebibytes=outcome.mebibytes)
        execute(setting.url, _DROP)
    commands.forget(setting.url)
    return repeats.measurements()


def _in_transaction(connection: Connection, statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"begin; {statements}; commit")
