"""A note on statements of the user that are not needed."""

from collections.abc import Iterable, Iterator, Sequence

from diffapply.model.plan import Transition


def notes(user_statements: Sequence[str], transitions: Iterable[Transition]) -> Iterator[str]:
    """A note if none of them is in the plan, although whoever supplied them may expect that."""
    if not user_statements:
        return
    from diffapply.proposal.stored import as_stored  # noqa: PLC0415 - see `Scene`

    ran = {statement.sql for its in transitions for statement in its.statements}
    if ran.isdisjoint(map(as_stored, user_statements)):
        yield "no statement of --with is used: with them, no fewer of diffapply's own are needed"
