"""Notes on new routines for which it is unclear which old routine they replace."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from diffapply.model.affected import Owned
from diffapply.planning.notes.subject import Subject
from diffapply.values.grammar import before

_KINDS = ("function", "procedure", "aggregate")


def notes(subject: Subject) -> Iterator[str]:
    """A note for each name that several old or new routines have."""
    gone, come = _by_name(subject.effect.dropped), _by_name(subject.effect.created)
    for name in sorted(gone.keys() & come.keys()):
        yield (
            f"It cannot be told which of {', '.join(gone[name])} is now which of "
            f"{', '.join(come[name])}: owner and grants of these are those of what is new. Grant "
            "and revoke what they are to have."
        )


def _by_name(those: Iterable[Owned]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for owned in those:
        if owned.kind in _KINDS:
            found[before(owned.name, "(")].append(owned.name)
    return found
