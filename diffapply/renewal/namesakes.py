"""Routines that replace routines of the same name with other arguments."""

from collections.abc import Callable, Mapping

from diffapply.values import Routine
from diffapply.values.grammar import before, listed


def namesakes(gone: Mapping[str, str], come: Mapping[str, str]) -> dict[str, str]:
    """New routine → the routine that it replaces, if that is certain.

    Of several with one name, a pair is one that alone has the same body; otherwise, that alone has
    the same number of arguments; and finally, the two that are left.

    Args:
        gone: routine, with the types of its arguments → its definition, if known.
        come: likewise.
    """
    found: dict[str, str] = {}
    for name in {_name(routine) for routine in gone}:
        olds = {its: text for its, text in gone.items() if _name(its) == name}
        news = {its: text for its, text in come.items() if _name(its) == name}
        for told_by in (_body, _arguments, lambda _routine, _text: "the rest"):
            pairs = _pairs(olds, news, told_by)
            for new, old in pairs.items():
                del olds[old], news[new]
            found |= pairs
    return found


def _pairs(
    olds: Mapping[str, str], news: Mapping[str, str], told_by: Callable[[str, str], str]
) -> dict[str, str]:
    """New → old, for pairs that alone have the same, non-empty property."""
    by_old, by_new = (
        _alone({routine: told_by(routine, text) for routine, text in those.items()})
        for those in (olds, news)
    )
    return {by_new[its]: by_old[its] for its in by_old.keys() & by_new.keys()}


def _alone(told: Mapping[str, str]) -> dict[str, str]:
    """Property → routine, for properties that only one routine has."""
    each = [*told.values()]
    return {its: routine for routine, its in told.items() if its and each.count(its) == 1}


def _name(routine: str) -> str:
    return before(routine, "(")


def _body(_routine: str, definition: str) -> str:
    return Routine.read(definition).body


def _arguments(routine: str, _definition: str) -> str:
    """The number of arguments."""
    return str(len(listed(routine[len(_name(routine)) + 1 : -1])))
