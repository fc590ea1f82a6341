"""Names that tenants may give to what is theirs: plain ones, and those that break naive tools."""

from hypothesis import strategies as st

PLAIN = ("a", "b", "c", "d", "e", "f", "g", "h", "job", "task", "user_1", "user_10", "x1", "y_2")

HOSTILE = (
    # Words of SQL, and names of PostgreSQL's own that stand in front of them in the search path.
    *("select", "table", "user", "order", "default", "end", "primary", "values", "array"),
    *("text", "date", "uuid", "lower", "length", "now", "int4", "count", "pg_class", "jsonb"),
    # What separates names, constants and statements.
    *("x.y", "a.b.c", '"', 'q"t', '""', '".', "it's", "100%", "%s", "%(a)s", "{0}", "a,b", "a, b"),
    *("(", "f(x)", "a;b", "--", "/*", "$$", "$1", ":a", "\\", "a\\b", "a\nb", "a\tb", " ", " a "),
    # What definitions are taken apart by.
    *("a ON b", " ON ", "on", "x FOR VALUES y", " FOR VALUES ", "x COLLATE y", "a USING b"),
    *("a GENERATED ALWAYS AS (b", "c INHERITED", "n NOT VALID", "x NO INHERIT", "a PARTITION BY b"),
    *("s SERVER t", "k = v", "AS IDENTITY (", "SEQUENCE NAME", "x TO y", "a AS b", "x::text"),
    *("NOT NULL", "CHECK (true)", "DEFAULT 1", "OF a DEFAULT", "y NOT ENFORCED", "diffapply_tenant"),
    # Beyond ASCII, and beyond the characters of 16 bits.
    *("ünï", "Straße", "表", "Ωmega", "е", "a\u0301", "\u200d", "😀", "😀.😀", "İ"),
    # As long as names can be, and alike up to the end.
    *("l" * 63, "l" * 62 + "m", "é" * 31, "表" * 21, "Q" * 60 + '"."', "L" * 58 + " ON b"),
    *("MixedCase", "mixedcase", "1a", "a-b", "a b"),
)

_OF_COLUMNS = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}

LONGEST = 63
"""Bytes of a name; PostgreSQL cuts off the rest."""


def quote(name: str) -> str:
    """A name as SQL can always read it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Text as a string constant."""
    return "'" + text.replace("'", "''") + "'"


def _usable(name: str) -> bool:
    return 0 < len(name.encode()) <= LONGEST and name not in _OF_COLUMNS


_ANY = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=20
).filter(_usable)

NAMES: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(PLAIN), st.sampled_from(PLAIN), st.sampled_from(HOSTILE), _ANY
)
"""Names of any object; half of them plain, so that two structures often share some."""

TEXTS: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(PLAIN),
    st.sampled_from(HOSTILE),
    st.text(
        st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=30
    ),
)
"""Texts such as comments and labels."""

SCHEMAS = (
    *("plain", "select", "Mixed Case", 'quo"ted', "dot.ted", "a b", "100%", "%s", "ünï", "表", "😀"),
    *("user_1", "user_10", "user_1.x", "pub", "x ON y", "x FOR VALUES y", "l" * 63, "é" * 31),
    *("it's", "back\\slash", "$user", "diffapply", "$$", "a;b", "--", "a,b", '"', '".', "text"),
)
"""Hostile names for schemas; none has a line's end, which pg_dump does not show in its headings."""
