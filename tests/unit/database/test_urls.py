"""URLs are read as libpq or SQLAlchemy reads them; what cannot be read is not repeated."""

import pytest
from psycopg2.extensions import parse_dsn

from diffapply.database.urls import libpq_url, scrub
from diffapply.errors import ConnectionFailedError


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("postgresql://u@h/d", {"user": "u", "host": "h", "dbname": "d"}),
        (" \tpostgres://h:1/d\r\n", {"host": "h", "port": "1", "dbname": "d"}),
        ("dbname=ci host=h\n", {"dbname": "ci", "host": "h"}),
        ("postgresql:///d?", {"dbname": "d"}),
        ("postgresql://u:p?w@h/d", {"user": "u", "password": "p?w", "host": "h", "dbname": "d"}),
        ("postgresql+psycopg2://h/d?sslmode=require", {"sslmode": "require"}),
        ("postgresql+psycopg://u:a%40b@/d?host=/var/run", {"password": "a@b", "host": "/var/run"}),
        ("postgresql://u@/d?host=h:5433", {"host": "h", "port": "5433"}),
        ("postgresql://u@/d?host=a:1&host=b&host=c:3", {"host": "a,b,c", "port": "1,,3"}),
        ("postgresql://u@/d?host=a,b&port=1,2", {"host": "a,b", "port": "1,2"}),
        ("postgresql://u@/d?host=::1", {"host": "::1"}),
        ("postgresql+asyncpg://h/d?ssl=verify-full&timeout=3", {"sslmode": "verify-full"}),
        ("postgresql+asyncpg://h/d?ssl=true", {"sslmode": "require"}),
        (
            "postgresql+asyncpg://u@h/d?ssl=disable&application_name=a@b",
            {"sslmode": "disable", "application_name": "a@b"},
        ),
        (
            "postgresql+asyncpg://h/d?prepared_statement_cache_size=0&host=h:1&ssl=require",
            {"host": "h", "port": "1", "sslmode": "require"},
        ),
        (
            "postgresql+pg8000://u@/d?unix_sock=/run/x/.s.PGSQL.5433&tcp_keepalive=True",
            {"host": "/run/x", "port": "5433"},
        ),
    ],
)
def test_it_is_read(url: str, read: dict[str, str]) -> None:
    """Blanks around it do not count; and what only a driver needs is left out."""
    assert parse_dsn(libpq_url(url)).items() >= read.items()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://u:hunt@er/s4%?#&@h/d", "has a % that is not"),
        ("postgresql://u:hunt/er4@h/d", "has an @ or a / that is not"),
        ("postgresql://u:hunt@er4@h/d", "has an @ or a / that is not"),
        ("postgresql://u:hunt@er4?x@h/d", "the URL cannot be read"),
        ("postgresql://u:hunt%er4@h/d", "has a % that is not percent-encoded"),
        ("postgresql://u:hunter4/d", "its port is not a number"),
        ("password=hunt er4", "the connection string cannot be read"),
        ("password='hunt'er4", "the connection string cannot be read"),
        ("host=h hunter4=1", "the connection string cannot be read"),
        ("postgresql://h/d?ssl=require", "the parameter ssl, which libpq does not know"),
        ("postgresql+asyncpg://h/d?sslmode=allow&direct_tls=1", "the parameter direct_tls, which"),
        ("postgresql://h/d?hunt er4=1", "the URL cannot be read"),
        ("mysql://u:hunter4@h", "begins with mysql:// and not with postgresql://"),
        ("mysql://u:hunter4@h/d?charset=utf8", "begins with mysql:// and not with postgresql://"),
        ("postgresql://u@h/d?color=red&application_name=a@b", "the parameter color, which"),
        ("postgresql://localhost:5432/my@db", "has an @ or a / that is not"),
        ("hunter4", "does not begin with postgresql://"),
    ],
)
def test_it_cannot_be_read(url: str, told: str) -> None:
    """Of what it says, nothing is repeated: it may be a part of a password."""
    with pytest.raises(ConnectionFailedError) as caught:
        libpq_url(url)
    assert told in caught.value.message
    assert "In a password or a name, write @ as %40" in caught.value.hint
    assert not {"hunt", "er4", "s4%"} & {*caught.value.message.replace("/", " ").split()}
    assert "hunter4" not in caught.value.message


@pytest.mark.parametrize(
    ("url", "text", "scrubbed"),
    [
        ("postgresql://u:p@h/d", "percent of p in u:p", "percent of p in u:p"),
        ("postgresql://u:ress@h/d", "address ress x'ress'", "address *** x'***'"),
        ("postgresql://u:hunter2@h/d", "\\nhunter2x", "\\n***x"),
        ("postgresql://u:a%40long%2Fone@h/d", "a@long/one a%40long%2Fone", "*** ***"),
        ("postgresql://h/d?user=u&password=hunter2", "hunter2", "***"),
        ("host=h password=hunter2 user=u", "hunter2 u", "*** u"),
        (r"password='it\'s hunter2'", "it's hunter2", "***"),
        ("password=Sec ret4711", 'missing "=" after "ret4711"', 'missing "=" after "***"'),
        ("postgresql://u:hunter2@h/d?application_name=me@home", "hunter2", "***"),
        ("postgresql://u:hun?ter2@h/d?application_name=me@home", "hun?ter2", "***"),
        ("postgresql://h/d?sslpassword=hunter1&password=hunter2", "hunter1 hunter2", "*** ***"),
        ("postgresql://h/d?password=hunter1&password=hunter2", "hunter1 hunter2", "*** ***"),
        ("sslpassword=hunter1 password=hunter2", "hunter1 hunter2", "*** ***"),
        ("postgresql://postgres:postgres@h/d", 'role "postgres"', 'role "postgres"'),
        ("postgresql://u:p@ss/w:rd42%?#&@h/d", 'invalid port "rd42%"', 'invalid port "***"'),
    ],
)
def test_a_text_without_its_password(url: str, text: str, scrubbed: str) -> None:
    """Words stay whole where the password is short."""
    assert scrub(text, url) == scrubbed
