"""The next number is one that nobody has, whatever a column drew from before; both ways.

Three tenants, with different last numbers, go forward, back and forward again, and rows are
inserted after each step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import Cli, Database

_TENANTS = {"user_1": 5, "user_2": 40, "user_3": 0}
"""Name → rows of each of its tables."""


@dataclass(frozen=True, slots=True)
class Change:
    """A table whose `id` comes to draw from another sequence.

    Attributes:
        old, new: what it is, `@` for its name.
        rows: an expression of g, from 1 on, for the ids of the rows that there are.
        following: an expression of n, the rows that there are, for the next number forward.
        filled: what follows the rows, `%` for their number.
    """

    old: str
    new: str
    rows: str = "g"
    following: str = "n + 1"
    filled: str = ""

    @property
    def draws(self) -> bool:
        """Whether it draws from a sequence at first as well."""
        return "serial" in self.old or "identity" in self.old


_PLAIN = "create table @ (id integer primary key, note text)"
_SERIAL = "create table @ (id serial primary key, note text)"
_ALWAYS = "create table @ (id integer generated always as identity primary key, note text)"
_FROM = "create table @ (id integer primary key default nextval('@_s'), note text)"
_STANDS = "select setval(pg_get_serial_sequence('@', 'id'), greatest(%, 1), % > 0)"
_RANGES = (
    " partition by range (id);"
    "create table @_low partition of @ for values from (minvalue) to (20);"
    "create table @_high partition of @ for values from (20) to (maxvalue)"
)
_TWO = "create sequence @_s; create table @_2 (id integer primary key default nextval('@_s'));"
CHANGES = {
    "serial": Change(_PLAIN, _SERIAL),
    "identity": Change(_PLAIN, _ALWAYS),
    "by_default": Change(_PLAIN, _ALWAYS.replace("always", "by default")),
    "of_smallint": Change(
        _PLAIN.replace("integer", "smallint"), _SERIAL.replace("serial", "smallserial")
    ),
    "of_bigint": Change(_PLAIN.replace("integer", "bigint"), _ALWAYS.replace("integer", "bigint")),
    "to_bigint": Change(_PLAIN, _SERIAL.replace("serial", "bigserial")),
    "of_numeric": Change(
        _PLAIN.replace("integer", "numeric"),
        f"create sequence @_s; {_FROM.replace('integer', 'numeric')}",
    ),
    "of_domain": Change(
        f"create domain @_d as integer; {_PLAIN.replace('integer', '@_d')}",
        f"create domain @_d as integer; create sequence @_s;{_FROM.replace('integer', '@_d')}",
    ),
    "descending": Change(
        _PLAIN, f"create sequence @_s increment -1; {_FROM}", rows="-g", following="-n - 1"
    ),
    "in_steps": Change(
        _PLAIN,
        _ALWAYS.replace("identity", "identity (start with 3 increment by 5)"),
        following="case when n < 3 then 3 else n - (n - 3) % 5 + 5 end",
    ),
    "start_beyond": Change(
        _PLAIN, _ALWAYS.replace("identity", "identity (start with 1000)"), following="1000"
    ),
    "beyond_the_bounds": Change(
        _PLAIN,
        f"create sequence @_s maxvalue 1000; {_FROM}",
        rows="case when g = 1 then 1000000 else g end",
        following="case when n < 2 then 1 else n + 1 end",
    ),
    "negative": Change(_PLAIN, _SERIAL, rows="-g", following="1"),
    "cached": Change(_PLAIN, _ALWAYS.replace("identity", "identity (cache 10)")),
    "partitioned": Change(_PLAIN + _RANGES, _SERIAL + _RANGES),
    "inherited": Change(
        "create table @_p (id integer primary key, note text);"
        "create table @ () inherits (@_p); alter table @ add primary key (id)",
        "create table @_p (id serial primary key, note text);"
        "create table @ () inherits (@_p); alter table @ add primary key (id)",
    ),
    "to_identity": Change(_SERIAL, _ALWAYS, filled=_STANDS),
    "to_serial": Change(_ALWAYS, _SERIAL, filled=_STANDS),
    "ahead_of_the_values": Change(
        _SERIAL,
        _ALWAYS,
        following="n + 101",
        filled="select setval(pg_get_serial_sequence('@', 'id'), % + 100)",
    ),
    "shared_by_two": Change(
        f"create table @_2 (id integer primary key); {_PLAIN}",
        f"{_TWO} {_FROM}",
        following="n + 1001",
        filled="insert into @_2 values (1000 + %)",
    ),
    "others_draw_already": Change(f"{_TWO} {_PLAIN}", f"{_TWO} {_FROM}"),
    """"Qu'oted \\ \"\" %s\"""": Change(_PLAIN, _ALWAYS),
}


def _all(texts: Iterator[tuple[str, str]]) -> str:
    return ";\n".join(text.replace("@", name) for name, text in texts)


def _insert(database: Database, tenant: str, name: str) -> object:
    database.execute(f"set search_path = {tenant}")
    [(number,)] = database.rows(f"insert into {name} (note) values ('after') returning id")
    return number


@pytest.mark.postgres(15, 18)
def test_the_next_number_is_free(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Forward it follows the last one; back and forward again nothing that is there is given."""
    old = _all((name, change.old) for name, change in CHANGES.items())
    for tenant, rows in _TENANTS.items():
        database.execute(f"create schema {tenant}; set search_path = {tenant}; {old}")
        for name, change in CHANGES.items():
            database.execute(
                f"insert into {name} (id) overriding system value "
                f"select {change.rows} from generate_series(1, {rows}) g;"
                + change.filled.replace("@", name).replace("%", str(rows))
            )
    new = _all((name, change.new) for name, change in CHANGES.items())
    (tmp_path / "desired.sql").write_text(new)
    options = ("--desired", "desired.sql", "--yes")
    forward = cli("apply", *options, cwd=tmp_path)
    assert forward.code == 0, forward.out + forward.err
    for tenant, rows in _TENANTS.items():
        for name, change in CHANGES.items():
            expected = database.value(f"select {change.following} from (values ({rows})) v (n)")
            assert _insert(database, tenant, name) == expected, (tenant, name, forward.out)
    back = cli("apply", "--backward", "--yes", cwd=tmp_path)
    assert back.code == 0, back.out + back.err
    for tenant in _TENANTS:
        for name, change in CHANGES.items():
            if change.draws:
                _insert(database, tenant, name)
    again = cli("apply", *options, cwd=tmp_path)
    assert again.code == 0, again.out + again.err
    for tenant in _TENANTS:
        for name in [*CHANGES, *CHANGES]:
            _insert(database, tenant, name)
    assert cli("drift", *options[:2], cwd=tmp_path).code == 0
