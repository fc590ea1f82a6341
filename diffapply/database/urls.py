"""URLs as libpq reads them, and texts without their passwords.

Where a URL cannot be read, nothing of it is told: what libpq quotes may be a part of a password.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from urllib.parse import quote, unquote

import psycopg2
from psycopg2.extensions import parse_dsn

from diffapply.errors import ConnectionFailedError

_SCHEME = re.compile(r"^postgres(?:ql)?(?:\+(?P<driver>\w+))?://")
_OTHER_SCHEME = re.compile(r"^([\w+.-]+)://")
_NO_ESCAPE = re.compile("%(?:00|(?![0-9A-Fa-f]{2}))")
_HOST_AND_PORT = re.compile(r"(?P<host>[A-Za-z0-9.-]*):(?P<port>\d*)")
_SOCKET = re.compile(r"(?P<folder>(?:/|%2F).*)(?:/|%2F)\.s\.PGSQL\.(?P<port>\d+)")

_OF_DRIVER = {
    "asyncpg": frozenset(
        {"async_fallback", "command_timeout", "max_cacheable_statement_size", "timeout"}
        | {"max_cached_statement_lifetime", "prepared_statement_cache_size", "statement_cache_size"}
    ),
    "pg8000": frozenset({"tcp_keepalive", "timeout"}),
}
"""Driver → its own parameters, which say nothing of where the database is."""

_ENCODE = (
    "In a password or a name, write @ as %40, / as %2F, : as %3A, ? as %3F, # as %23 and % as "
    "%25. A connection string has values with blanks in quotes: password='a b'."
)

_PASSWORD_IN_URL = re.compile(r"^(?:[\w+]+:/+|(?![\w+]+:/))[^:/@=]*:(?P<password>.*)@", re.DOTALL)
_PASSWORD_IN_DSN = re.compile(
    r"password\s*=\s*(?P<password>'(?:[^'\\]|\\.)*'|.*?(?=\s+\w+\s*=|$))", re.DOTALL
)
_PASSWORD_IN_QUERY = re.compile(r"[?&](?:ssl)?password=(?P<password>[^&]*)")
_SHORT, _NO_SECRET = 6, 2
"""Letters: what is shorter may be a part of any word; what has so few hides nothing."""


def libpq_url(url: str) -> str:
    """A SQLAlchemy URL, libpq URL or DSN in the form that libpq reads.

    Raises:
        ConnectionFailedError: it cannot be read. Says nothing of what stands in it.
    """
    url = url.strip()
    if scheme := _SCHEME.match(url):
        url = "postgresql://" + _translated(url[scheme.end() :], scheme["driver"])
    if wrong := _wrong(url):
        raise ConnectionFailedError(f"Cannot connect to PostgreSQL: {wrong}.", _ENCODE)
    return url


def scrub(text: str, url: str) -> str:
    """The text without the URL's password, however the text spells it."""
    url = url.strip()
    for secret in sorted(_secrets(url), key=len, reverse=True):
        if len(secret) >= _SHORT:
            text = text.replace(secret, "***")
        elif len(secret) > _NO_SECRET:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)
    return text


def _secrets(url: str) -> set[str]:
    readable = not _wrong(_SCHEME.sub("postgresql://", url).partition("?")[0])
    found = {
        spelling
        for password in _passwords(url)
        for spelling in (password, unquote(password), re.sub(r"\\(.)", r"\1", password.strip("'")))
    }
    # Who cannot read it as it was meant quotes any part of it.
    if not readable:
        return found.union(*(re.split(r"[@/:?&#=\s]", its) for its in found))
    return found - _told(url)


def _passwords(url: str) -> Iterator[str]:
    """All that may be meant as one: of a URL, it ends at any of its @."""
    for at in re.finditer("@", url):
        if match := _PASSWORD_IN_URL.search(url[: at.end()]):
            yield match["password"]
    for pattern in (_PASSWORD_IN_DSN, _PASSWORD_IN_QUERY):
        for match in pattern.finditer(url):
            yield match["password"]


def _told(url: str) -> set[str]:
    """The names that every error may tell: a password that is one of them hides nothing."""
    with suppress(psycopg2.Error, ConnectionFailedError):
        given = parse_dsn(libpq_url(url))
        return {given.get("user", ""), given.get("dbname", "")}
    return set()


def _wrong(url: str) -> str:
    """Why libpq cannot read a URL, or would read another than was meant; empty if it can."""
    if not url.startswith("postgresql://"):
        if scheme := _OTHER_SCHEME.match(url):
            return f"the URL begins with {scheme[1]}:// and not with postgresql://"
        if "=" not in url:
            return "the URL does not begin with postgresql://"
    elif _may_be_cut(url):
        return "the URL has an @ or a / that is not percent-encoded"
    try:
        given = parse_dsn(url)
    except psycopg2.Error:
        return _unreadable(url)
    if not all(port.isdecimal() for port in given.get("port", "").split(",") if port):
        return "its port is not a number"
    return ""


def _may_be_cut(url: str) -> bool:
    """Whether a password may end where libpq does not look for its end."""
    place = url.partition("//")[2].partition("?")[0]
    authority, _, path = place.partition("/")
    return place.count("@") > 1 or ("@" in path and ":" in authority)


def _unreadable(url: str) -> str:
    """Why libpq refuses to read it."""
    place, _, parameters = url.partition("?")
    if not place.startswith("postgresql://"):
        return "the connection string cannot be read"
    if _NO_ESCAPE.search(url):
        return "the URL has a % that is not percent-encoded"
    name = None if _is_of_password(place, parameters) else next(_names(parameters), None)
    if name:
        return f"the URL has the parameter {name}, which libpq does not know"
    return "the URL cannot be read"


def _is_of_password(place: str, parameters: str) -> bool:
    """Whether the ? between both may be one of the password: only an @ ends that."""
    return "@" in parameters and "@" not in place


def _names(parameters: str) -> Iterator[str]:
    """The names of parameters that libpq does not know."""
    for name in (its.partition("=")[0] for its in parameters.split("&")):
        try:
            parse_dsn(f"postgresql://?{name}=")
        except psycopg2.Error:
            if re.fullmatch(r"\w+", name):
                yield name


def _translated(rest: str, driver: str | None) -> str:
    """What comes after the scheme; with libpq's parameters instead of a driver's."""
    place, _, parameters = rest.partition("?")
    if not parameters or _is_of_password(place, parameters):
        return rest
    kept, hosts = [], []
    for each in parameters.split("&"):
        name, _, value = each.partition("=")
        if name in _OF_DRIVER.get(driver or "", ()):
            continue
        if name == "host":
            hosts.append(unquote(value))
        elif (driver, name) == ("asyncpg", "ssl") and value != "true":  # libpq knows that itself
            kept.append(f"sslmode={value}")
        elif (driver, name) == ("pg8000", "unix_sock") and (
            its := _SOCKET.fullmatch(unquote(value))
        ):
            kept += [f"host={quote(its['folder'], safe='')}", f"port={its['port']}"]
        else:
            kept.append(each)
    return f"{place}?{'&'.join([*_where(hosts), *kept])}"


def _where(hosts: Sequence[str]) -> Iterator[str]:
    """The parameters for hosts that each may have a port, as SQLAlchemy writes them."""
    each = [_HOST_AND_PORT.fullmatch(its) for its in hosts]
    names = [its["host"] if its else host for its, host in zip(each, hosts, strict=True)]
    ports = [its["port"] if its else "" for its in each]
    if names:
        yield f"host={quote(','.join(names), safe=',')}"
    if any(ports):
        yield f"port={','.join(ports)}"
