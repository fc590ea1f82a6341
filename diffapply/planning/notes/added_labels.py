"""Notes on labels that are added and used at once, for which an enum is made anew.

PostgreSQL adds a label in place, but it cannot be used before that is committed. A tenant has one
transaction: so where a default, a check or a view says the label as well, the enum is made anew,
and each table with a column of it is rewritten. In two runs nothing is.
"""

from collections.abc import Collection, Iterator

from diffapply.model.hazards import HazardCode
from diffapply.planning.notes.subject import Subject
from diffapply.values import Enum


def notes(subject: Subject) -> Iterator[str]:
    """A sentence on each enum whose new labels rewrite tables, though they could be added."""
    hazards = (hazard.code for one in subject.statements for hazard in one.hazards)
    if HazardCode.REWRITES_TABLE not in hazards:
        return
    anew = {one.new for one in subject.effect.anew if one.kind == "type"}
    old_names = {(one.kind, one.table, one.new): one.old for one in subject.renames}
    for fact in subject.goal.by_kind.get("enum", ()):
        old = old_names.get(("enum", fact.name, fact.name), fact.name)
        before = subject.source.facts.get(("enum", old))
        if before is None or fact.name not in anew:
            continue
        had = Enum.of(before).labels
        wants = [
            label if label in had else old_names.get(("label", fact.name, label), label)
            for label in Enum.of(fact).labels
        ]
        added = [label for label in wants if label not in had]
        if added and [label for label in wants if label in had] == [*had]:
            yield _sentence(fact.name, added)


def _sentence(enum: str, labels: Collection[str]) -> str:
    some = f"label{'s' * (len(labels) > 1)} {', '.join(labels)}"
    are, them = ("are", "them") if len(labels) > 1 else ("is", "it")
    return (
        f"enum {enum} is made anew, and tables are rewritten, because {some} {are} added and used "
        f"at once. In two runs none is: declare and apply {some} first, then what uses {them}."
    )
