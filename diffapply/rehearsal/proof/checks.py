"""Asks in scratch what the checks of hazards ask."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import psycopg2

from diffapply.database.of_values import is_of_values
from diffapply.ddl.risks.losses import is_stored
from diffapply.ddl.risks.lost_positions import without_values
from diffapply.ddl.statements import Alteration, Draft
from diffapply.model.hazards import Hazard
from diffapply.scratch.sandbox import Sandbox


class Checks:
    """Asks the same only once, as long as statements do nothing but give columns other types.

    Where the keys of many tables change their type, all of them ask whether the same values can be
    converted.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._fails: dict[str, bool] = {}

    def ran(self, draft: Draft) -> None:
        """A statement has run by now, or will have run before the next check is asked."""
        if not (isinstance(draft, Alteration) and draft.retypes):
            self._fails.clear()

    def knows(self, hazards: Iterable[Hazard]) -> bool:
        """Whether nothing has to be asked of any of these."""
        return all(its.kind == "rows" and its.check in self._fails for its in hazards if its.check)

    def asked(self, hazard: Hazard) -> Iterator[Hazard]:
        """The hazard; without its check if that cannot run, so that the data counts as lost.

        A `rows` hazard is tried, and left out if its check does not fail on values. Another failure
        tells nothing of them: an expression of a user's own may name what is not there.
        """
        if hazard.kind == "rows" and hazard.check:
            if self._fails_on_values(hazard.check):
                yield replace(hazard, check="")
            return
        message = hazard.message
        for check in (hazard.check, without_values(hazard.check), is_stored(hazard)):
            error = self._sandbox.try_run([check]) if check else None
            if check and error is None:
                yield replace(hazard, check=check, message=message)
                return
            if (
                isinstance(error, psycopg2.errors.InsufficientPrivilege)
                and message == hazard.message
            ):
                message += (
                    f"; policies hide the rows of {hazard.lock}, so it counts if there are any"
                )
        yield replace(hazard, check="", message=message)

    def _fails_on_values(self, check: str) -> bool:
        if check not in self._fails:
            with self._sandbox.trial():
                error = self._sandbox.try_run([check])
            self._fails[check] = is_of_values(error, of_values_alone=True)
        return self._fails[check]
