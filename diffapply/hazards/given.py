"""Statements that others wrote, as drafts: migra's and the user's."""

import re
from dataclasses import dataclass

from diffapply.ddl.kinds.positions import Carry
from diffapply.ddl.statements import Draft, Renaming
from diffapply.hazards.statements import printed, risks_of
from diffapply.values.grammar import IDENTIFIER, LITERAL, Regex, unquoted

_CARRIES = Regex(
    rf"SELECT pg_catalog\.setval\((?P<target>{LITERAL}), last_value, is_called\) "
    rf"FROM (?P<source>{IDENTIFIER})"
)
_RENAMES = Regex(rf"ALTER SEQUENCE (?P<old>{IDENTIFIER}) RENAME TO (?P<new>{IDENTIFIER})")
"""What plans show, and users may copy: it keeps positions."""
_MAKES_ROUTINE = Regex(r"\s*create\s+(?:or\s+replace\s+)?(?:function|procedure)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Given(Draft):
    """A statement that others wrote: what it does is read from its text."""

    @property
    def printed(self) -> str:
        """It in one style; empty if the parser does not know it."""
        return printed(self.text)


def given(statement: str) -> Draft:
    """The draft of such a statement."""
    risks = risks_of(statement)
    if match := _CARRIES.fullmatch(statement):
        return Carry(statement, match["source"], unquoted(match["target"]), risks=risks)
    if match := _RENAMES.fullmatch(statement):
        return Renaming(statement, "sequence", match["old"], match["new"], risks=risks)
    return Given(statement, risks=risks, makes_routine=bool(_MAKES_ROUTINE.match(statement)))
