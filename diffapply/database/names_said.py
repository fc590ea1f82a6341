"""The names that PostgreSQL says in an error, in whatever language it speaks.

No field of an error has the name of what was not found. Its message has, between the quotation
marks of the language (see `lc_messages`), which has other words around it.
"""

import re

_QUOTED = re.compile(r'["»«„“”「『]\s?(?P<name>[^"»«„“”「」『』]+?)\s?["«»“”」』]')
_FROM_FIRST_TO_LAST = re.compile(r'["»«„“”「『]\s?(?P<name>.+?)\s?["«»“”」』][^"»«„“”「」『』]*$')
_CALLED = re.compile(r'(?P<name>[^\s("»«„“”]+)\(')


def quoted_in(message: str) -> list[str]:
    """What stands between quotation marks."""
    return [its["name"] for its in _QUOTED.finditer(message)]


def one_quoted_in(message: str) -> str:
    """The one name that a message has: it may hold quotation marks itself; empty if there is none.

    PostgreSQL writes them as they are.
    """
    found = _FROM_FIRST_TO_LAST.search(message)
    return found["name"] if found else ""


def without_quoted(message: str) -> str:
    """The message without that."""
    return _QUOTED.sub("", message)


def called_in(message: str) -> list[str]:
    """What stands before an opening parenthesis, as a function without quotation marks does."""
    return [its["name"] for its in _CALLED.finditer(message)]


def is_english(message: str) -> bool:
    """Whether it says in English that something is not there."""
    return "does not exist" in message or "has no default" in message
