"""What pg_dump tells of a whole database, by schema: with casts, tablespaces, access methods.

With `--schema`, pg_dump leaves out what lives in no schema, such as casts between its types.
"""

import re
import subprocess
from collections.abc import Sequence

from diffapply.database.embedded_home import installation
from tests.servers import DEFAULT_VERSION, Database, without_own_options

_ENTRY = re.compile(
    r"^--\n-- Name: (?P<name>.*); Type: (?P<type>.*); Schema: (?P<schema>.*); Owner: .*\n--\n",
    re.MULTILINE,
)
_SETTING = re.compile(r"^SET (default_\w+) = (.*);\n", re.MULTILINE)
_NOISE = re.compile(r"^(?:\\.*|--.*|)\n", re.MULTILINE)


def dumped_by_schema(url: str, schemas: Sequence[str]) -> dict[str, str]:
    """Schema → what `pg_dump --schema-only` says of it, comparable with another schema's.

    Args:
        schemas: names that need no quotes, and of which none is the end of another.
    """
    pg_dump = installation(DEFAULT_VERSION) / "bin" / "pg_dump"
    command = [str(pg_dump), "--schema-only", "--no-owner", "--no-privileges", url]
    outcome = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    assert outcome.returncode == 0, outcome.stderr
    wanted = re.compile(rf"\b({'|'.join(schemas)})\.")
    entries: dict[str, list[str]] = {schema: [] for schema in schemas}
    # pg_dump sets where tables go when that changes, in front of the first entry it is for.
    settings: dict[str, str] = {}
    _, *parts = _ENTRY.split(without_own_options(outcome.stdout))
    for name, kind, schema, text in zip(*(parts[start::4] for start in range(4)), strict=True):
        named = wanted.search(text)
        home = schema if schema in entries else named[1] if named else ""
        if home and kind != "SCHEMA":
            entry = f"-- {kind} {name}\n{_body(kind, text)}{_place(kind, text, settings)}"
            entries[home].append(entry.replace(f"{home}.", "tenant."))
        settings |= _SETTING.findall(text)
    return {schema: "\n".join(sorted(its)) for schema, its in entries.items()}


def difference(first: str, second: str) -> str:
    """How two of them differ, line by line; empty if they are the same."""
    return Database.difference(first, second)


def _body(kind: str, text: str) -> str:
    body = _NOISE.sub("", _SETTING.sub("", text))
    if kind in ("TABLE", "FOREIGN TABLE"):
        # The order of columns is no structure to us.
        lines = sorted(line.rstrip(",") for line in body.splitlines())
        return "".join(f"{line}\n" for line in lines)
    return body


def _place(kind: str, text: str, settings: dict[str, str]) -> str:
    place = ""
    if kind in ("TABLE", "MATERIALIZED VIEW", "INDEX", "CONSTRAINT"):
        place += f"-- tablespace {settings.get('default_tablespace')}\n"
    if kind in ("TABLE", "MATERIALIZED VIEW") and "PARTITION BY" not in text:
        place += f"-- access method {settings.get('default_table_access_method')}\n"
    return place
