"""A note on statements of the user where nothing runs at all."""

from collections.abc import Iterable, Iterator, Sequence

from diffapply.model.plan import Transition
from diffapply.model.user_statement import UserStatement


def notes(
    user_statements: Sequence[UserStatement], transitions: Iterable[Transition]
) -> Iterator[str]:
    """A note if nothing is changed, although whoever supplied them may expect that they run."""
    if user_statements and not any(its.statements or its.blocked for its in transitions):
        yield "no statement of --with runs: nothing changes"
