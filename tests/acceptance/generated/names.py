"""Names that tenants may give to what is theirs: plain ones, and those that break naive tools."""

from collections.abc import Iterable

from hypothesis import strategies as st

PLAIN = ("a", "b", "c", "d", "e", "f", "g", "h", "job", "task", "user_1", "user_10", "x1", "y_2")

_HOSTILE = (
    # Words of SQL, and names of PostgreSQL's own that stand in front of them in the search path.
    *("select", "table", "user", "order", "default", "end", "primary", "values", "array"),
    *("text", "date", "uuid", "lower", "length", "now", "int4", "count", "pg_class", "jsonb"),
    # What separates names, constants and statements.
    *("x.y", "a.b.c", '"', 'q"t', '""', '".', "it's", "100%", "%s", "%(a)s", "{0}", "a,b", "a, b"),
    *("(", "f(x)", "a;b", "--", "/*", "$$", "$1", ":a", "\\", "a\\b", "a\nb", "a\tb", " ", " a "),
    # What definitions are taken apart by.
    *("a ON b", " ON ", "x FOR VALUES y", "x COLLATE y", "a USING b", "c INHERITED", "n NOT VALID"),
    *("a GENERATED ALWAYS AS (b", "a PARTITION BY b", "AS IDENTITY (", "x::text", "k = v"),
    *("NOT NULL", "CHECK (true)", "DEFAULT 1", "OF a DEFAULT", "SEQUENCE NAME", "diffapply_tenant"),
    # Beyond ASCII, and beyond the characters of 16 bits.
    *("ünï", "Straße", "表", "a\u0301", "\u200d", "😀", "😀.😀", "İ", "MixedCase", "1a", "a-b"),
    # As long as names can be, and alike up to the end.
    *("l" * 63, "l" * 62 + "m", "é" * 31, "表" * 21, "Q" * 60 + '"."', "L" * 58 + " ON b"),
)

_OF_COLUMNS = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}

_LONGEST = 63
"""Bytes of a name; PostgreSQL cuts off the rest."""


def quote(name: str) -> str:
    """A name as SQL can always read it."""
    return '"' + name.replace('"', '""') + '"'


def listed(names: Iterable[str]) -> str:
    """Names as SQL lists them."""
    return ", ".join(map(quote, names))


def literal(text: str) -> str:
    """Text as a string constant."""
    return "'" + text.replace("'", "''") + "'"


def _usable(name: str) -> bool:
    return len(name.encode()) <= _LONGEST and name not in _OF_COLUMNS


_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")

NAMES: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(PLAIN),
    st.sampled_from(PLAIN),
    st.sampled_from(_HOSTILE),
    st.text(_CHARACTERS, min_size=1, max_size=20).filter(_usable),
)
"""Names of any object; half of them plain, so that two structures often share some."""

TEXTS: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(PLAIN + _HOSTILE), st.text(_CHARACTERS, min_size=1, max_size=30)
)
"""Texts such as comments."""
