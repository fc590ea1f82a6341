"""What the statements of the table of fact kinds are made of."""

import hashlib
import re
from collections.abc import Iterable

from diffapply.model.catalog import Fact

Options = tuple[tuple[str, ...], ...]
"""Ways to do a thing, best first; each is the statements that do it together."""

IDENTIFIER = r'(?:"(?:[^"]|"")*"|[a-z_][a-z0-9_]*)'
"""A name as quote_ident writes it."""

NAME = rf"{IDENTIFIER}(?:\.{IDENTIFIER})*"
"""A name that may be qualified."""

LITERAL = r"(?:E?'(?:[^']|'')*')"
"""A constant as quote_literal writes it."""


def one(*statements: str) -> Options:
    """The only way to do it."""
    return (statements,)


def literal(text: str) -> str:
    """Text as a string constant."""
    quoted = text.replace("'", "''")
    return f"E'{quoted}'".replace("\\", "\\\\") if "\\" in text else f"'{quoted}'"


def unquoted(constant: str) -> str:
    """The text of a string constant."""
    text = constant[constant.index("'") + 1 : -1].replace("''", "'")
    return text.replace("\\\\", "\\") if constant.startswith("E") else text


def part(fact: Fact) -> str:
    """The last part of a name such as ``table.column``, quoted."""
    return fact.name[len(fact.object) + 1 :]


def before(text: str, marker: str) -> str:
    """The text up to the first marker that stands in no quoted name; all if there is none."""
    found = re.match(rf'(?:"(?:[^"]|"")*"|(?!{re.escape(marker)})[^"])*', text, re.DOTALL)
    return found[0] if found else text


def closing(text: str, opening: int) -> int:
    """Where the parenthesis that opens there closes; names and constants are passed over."""
    depth = 0
    for token in re.finditer(r""" "(?:[^"]|"")*" | '(?:[^']|'')*' | [()] """, text, re.VERBOSE):
        if token.start() < opening:
            continue
        depth += (token[0] == "(") - (token[0] == ")")
        if depth == 0:
            return token.start()
    return len(text) - 1


def aside(name: str) -> str:
    """A name under which an object waits, out of the way, until nothing uses it any more."""
    return f"{_ASIDE}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def is_aside(name: str) -> bool:
    """Whether an object waits under this name."""
    return name.startswith(_ASIDE)


def helper(name: str) -> str:
    """What a transition makes for this one: a table that it drops again and that never has rows.

    Or the column that takes its place.
    """
    return f"{_HELPER}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def is_helper(table: str) -> bool:
    """Whether a transition has made this table for itself."""
    return table.startswith(_HELPER)


def in_users_words(text: str, names: Iterable[str]) -> str:
    """The text, with what stands aside or helps called by what it was made from.

    Args:
        names: quoted; those that it may be.
    """
    if "diffapply_" not in text:
        return text
    for name in names:
        text = text.replace(aside(name), f"{name} as it was").replace(helper(name), name)
    return text


_ASIDE = "diffapply_old_"
_HELPER = "diffapply_new_"
_OPTION = re.compile(rf"(?:^|, )({IDENTIFIER}) ({LITERAL})")


def changed_options(old: str, new: str) -> str:
    """Options of a foreign table or column, as ALTER writes their change."""
    have, want = dict(_OPTION.findall(old)), dict(_OPTION.findall(new))
    changes = [f"DROP {name}" for name in have if name not in want]
    changes += [
        f"{'SET' if name in have else 'ADD'} {name} {value}"
        for name, value in want.items()
        if have.get(name) != value
    ]
    return ", ".join(changes)
