"""Puts what was found together: several changes of one table become one statement."""

from collections.abc import Collection, Iterable

from diffapply.ddl.statements import Alteration, Draft, Drafts, Filling


def joined(drafts: Iterable[Draft], apart: Collection[str] = ()) -> Drafts:
    """The drafts, with actions on the same table that follow each other as one statement.

    So a table is rewritten once, however many columns get other types. Within a statement,
    PostgreSQL chooses the order itself: it drops first, and adds constraints last. A partition that
    would be attached only to be detached again stays apart until the last of its changes.

    Args:
        apart: what stands before actions that stay statements of their own.
    """
    statements: list[Draft] = []
    for draft in _filled_at_once(drafts):
        last = statements[-1] if statements else None
        if (
            isinstance(draft, Alteration)
            and isinstance(last, Alteration)
            and draft.head not in apart
            and last.takes(draft)
        ):
            statements[-1] = last.joined(draft)
        elif last and last.sql == draft.undoes:
            statements.pop()
        else:
            statements.append(draft)
    return tuple(statements)


def _filled_at_once(drafts: Iterable[Draft]) -> list[Draft]:
    """The drafts, with new columns of a table that follow each other filled by one statement."""
    found: list[Draft] = []
    for draft in drafts:
        places = (turn for turn, its in enumerate(found) if isinstance(its, Filling))
        last = max(places, default=0) if isinstance(draft, Filling) else 0
        earlier = found[last] if last else None
        if (
            isinstance(draft, Filling)
            and isinstance(earlier, Filling)
            and earlier.table == draft.table
            and (*found[last + 1 :],) == (*earlier.after, *draft.before)
        ):
            found[last:] = [*draft.before, earlier.joined(draft), *earlier.after]
        else:
            found.append(draft)
    return found
