"""Writes migra's statements in the style of all others: keywords in capitals, quotes where needed.

It works on the tokens of PostgreSQL's own scanner, and changes nothing in what they mean: names
without quotes fold to small letters.
"""

from collections.abc import Iterator

from diffapply.model.identifier import quoted
from diffapply.proposal.stored import Token, scan

_AS_KEYWORDS = frozenset(
    {
        *("ADD", "AFTER", "AGGREGATE", "ALTER", "ALWAYS", "AS", "ATTACH", "BEFORE", "BY"),
        *("CASCADE", "CHECK", "COLLATION", "COLUMN", "CONSTRAINT", "CREATE", "DEFAULT"),
        *("DISABLE", "DOMAIN", "DROP", "ENABLE", "ENUM", "EXISTS", "FOR", "FORCE", "FOREIGN"),
        *("FUNCTION", "GENERATED", "IDENTITY", "IF", "INDEX", "KEY", "LEVEL", "MATERIALIZED"),
        *("NO", "NOT", "NULL", "OF", "ON", "ONLY", "OR", "OWNED", "OWNER", "PARTITION"),
        *("POLICY", "PRIMARY", "PROCEDURE", "REFERENCES", "RENAME", "REPLACE", "ROW", "RULE"),
        *("SECURITY", "SEQUENCE", "SET", "STORED", "TABLE", "TO", "TRIGGER", "TYPE"),
        *("UNIQUE", "USING", "VALID", "VALIDATE", "VALUE", "VIEW", "WITH"),
    }
)
"""What migra writes in small letters. Types, which are keywords as well, have small letters."""


def in_style(statement: str) -> str:
    """The statement as the table of kinds would write it, up to what PostgreSQL has written."""
    written, end = [], 0
    for token in _migras(statement):
        written += [statement[end : token.start], _styled(token)]
        end = token.end + 1
    return "".join((*written, statement[end:]))


def _migras(statement: str) -> Iterator[Token]:
    """The tokens that migra writes itself: not the query of a view, nor the code of a routine."""
    for token in scan(statement):
        yield token
        if token.name in ("AS", "SCONST"):
            return


def _styled(token: Token) -> str:
    if token.name == "IDENT" and token.text.startswith('"'):
        return quoted(token.text[1:-1].replace('""', '"'))
    upper = token.text.upper()
    return upper if upper in _AS_KEYWORDS and token.name != "IDENT" else token.text
