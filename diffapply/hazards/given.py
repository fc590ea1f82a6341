"""Statements that others wrote, as drafts: migra's and the user's."""

from dataclasses import dataclass

from diffapply.ddl.statements import Draft
from diffapply.hazards.statements import printed, risks_of


@dataclass(frozen=True, slots=True)
class Given(Draft):
    """A statement that others wrote: what it does is read from its text."""

    @property
    def printed(self) -> str:
        """It in one style; empty if the parser does not know it."""
        return printed(self.text)


def given(statement: str) -> Given:
    """The draft of such a statement."""
    return Given(statement, risks=risks_of(statement))
