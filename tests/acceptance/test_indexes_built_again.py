"""The plan says which indexes a new type or collation builds again, and where that may fail."""

from pathlib import Path

import pytest

from tests.projects import Project
from tests.servers import Database

_KEPT = {
    "longer": ("varchar(10)", "varchar(20)"),
    "unlimited": ("varchar(10)", "text"),
    "net": ("cidr", "inet"),
    "sorted": ('text collate "C"', 'varchar collate "C"'),
}
_BUILT = {
    "folded": ("text", "public.citext"),
    "apart": ("text", 'text collate "C"'),
    "known": ("timestamp", "timestamptz"),
}
_MERGED = {"folded", "rounded", "parsed", "own"}
_REWRITTEN = {
    "wide": ("integer", "bigint"),
    "narrow": ("bigint", "integer"),
    "rounded": ("numeric(10,4)", "numeric(10,2)"),
    "told": ("integer", "text"),
    "parsed": ("text", "uuid"),
}
_OWN = {"own": ("text", "text collate folding")}
_FOLDING = "create collation folding (provider = icu, locale = 'und', deterministic = false)"


@pytest.mark.postgres(18, prove=(15,))
def test_what_is_said_is_what_happens(database: Database, tmp_path: Path) -> None:
    """As the files of the indexes show it."""
    project = Project(database, tmp_path)
    project.settle("")
    database.execute("create extension citext")
    has_icu = bool(database.rows("select from pg_collation where collname = 'und-x-icu'"))
    folding, again = ([_FOLDING], _BUILT | _OWN) if has_icu else ([], _BUILT)
    changes = {**_KEPT, **again, **_REWRITTEN}
    before, after = (
        [f"create table {name} (v {its[end]} unique)" for name, its in changes.items()]
        for end in (0, 1)
    )
    project.tenant("user_1", *folding, *before)
    files = (
        "select relname, relfilenode from pg_class"
        " where relkind = 'i' and relnamespace = 'user_1'::regnamespace"
    )
    stood = dict(database.rows(files))
    project.desire(";\n".join((*folding, *after)))
    transition = project.done("plan", "--format", "json").json["transitions"][0]
    told = {
        hazard["message"]
        for statement in transition["statements"]
        for hazard in statement["hazards"]
        if hazard["code"] in ("BUILDS_INDEX", "FAILS_ON_VALUES")
    }
    project.done("apply", "--yes")
    now = dict(database.rows(files))
    built = {name for name in changes if now[f"{name}_v_key"] != stood[f"{name}_v_key"]}
    assert built == {*again, *_REWRITTEN}
    fails = "fails in a tenant where rows of {0} are equal in what constraint {0}_v_key names"
    assert told == {
        *(f"builds an index of {name} again; writers wait" for name in again),
        *(fails.format(name) for name in _MERGED & {*changes}),
        "fails in a tenant where a value of narrow.v cannot become integer",
        "fails in a tenant where a value of parsed.v cannot become uuid",
    }
