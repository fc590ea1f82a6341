"""Which database a command works on: the one that is named, or else the embedded server's.

The embedded server is for those who name none. Whoever thinks to have named one must not land
there, where nothing is: drift would find nothing wrong.
"""

import os

from diffapply.config import Settings
from diffapply.database import embedded
from diffapply.errors import UsageError

_NAMING_FOR_LIBPQ = ("PGSERVICE", "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE")


def database_url(settings: Settings) -> str:
    """The URL of the live database; if none is named, starts the embedded server.

    Raises:
        UsageError: none is named, but variables of libpq are set.
    """
    require_named(settings)
    return settings.database_url or embedded.ensure_running()


def embedded_notice(settings: Settings) -> str | None:
    """A notice that the embedded server is used; None if a database was named.

    Raises:
        UsageError: as `database_url`.
    """
    require_named(settings)
    return None if settings.database_url else embedded.describe()


def require_named(settings: Settings) -> None:
    """Refuse to take the embedded server where libpq's variables name another one.

    Whoever sets them expects that they count, as they do for `psql`.

    Raises:
        UsageError: a URL is empty, or no database is named, but one of the variables is set.
    """
    if "" in (settings.database_url, settings.scratch_url):
        which = "database" if settings.database_url == "" else "scratch database"
        raise UsageError(f"The URL of the {which} is empty, so it names none.", "Give it a value.")
    if settings.database_url:
        return
    if variable := next(filter(os.environ.get, _NAMING_FOR_LIBPQ), None):
        raise UsageError(
            f"{variable} is set, but no database is named for diffapply.",
            "Give --database-url postgresql://, which takes all else from the variables of libpq; "
            f"or unset {variable}, if you want the embedded server.",
        )
