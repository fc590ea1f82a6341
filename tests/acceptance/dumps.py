"""What pg_dump tells of schemas, made comparable: the judge that knows nothing of our catalog."""

import re
import subprocess
from collections.abc import Iterable

from diffapply.database.embedded_home import installation
from tests.servers import DEFAULT_VERSION, Database, normalised

_ENTRY = re.compile(
    r"^--\n-- Name: (?P<name>.*); Type: (?P<type>.*); Schema: (?P<schema>.*); Owner: .*\n--\n",
    re.MULTILINE,
)


def dumped(url: str, schemas: Iterable[str], *, privileges: bool = False) -> dict[str, str]:
    """Schema → what `pg_dump --schema-only` says of it, comparable with another schema's.

    Entries stand in the order of their names, not of their making. So do the lines of a table's
    entry: a column that is added comes last, and PostgreSQL knows no way to put it elsewhere, so
    the order of columns is no structure to us.

    Args:
        schemas: names that need quotes.
        privileges: tell of grants, too.
    """
    wanted = list(schemas)
    pg_dump = installation(DEFAULT_VERSION) / "bin" / "pg_dump"
    patterns = ['--schema="{}"'.format(name.replace('"', '""')) for name in wanted]
    options = ["--schema-only", "--no-owner", *([] if privileges else ["--no-privileges"])]
    outcome = subprocess.run(
        [str(pg_dump), *options, *patterns, url],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert outcome.returncode == 0, outcome.stderr
    entries: dict[str, list[str]] = {name: [] for name in wanted}
    _, *parts = _ENTRY.split(outcome.stdout)
    for name, kind, schema, text in zip(*(parts[start::4] for start in range(4)), strict=True):
        if schema in entries:
            quoted = '"{}"'.format(schema.replace('"', '""'))
            title, body = (
                part.replace(f"{quoted}.", "tenant.")
                for part in (f"-- {kind} {name}", normalised(text))
            )
            if kind in ("TABLE", "FOREIGN TABLE"):
                body = "\n".join(sorted(line.rstrip(",") for line in body.splitlines()))
            elif kind == "STATISTICS":
                # Its columns stand in the order of the table's.
                body = "\n".join(sorted(re.split(r", | ON | FROM |;", body)))
            entries[schema].append(f"{title}\n{body.rstrip()}\n")
    return {schema: "\n".join(sorted(its)) for schema, its in entries.items()}


def difference(first: str, second: str) -> str:
    """How two of them differ, line by line; empty if they are the same."""
    return Database.difference(first, second)
