"""What all formats of a survey say alike."""

from collections import Counter
from collections.abc import Mapping, Sequence

from diffapply.model.catalog import Catalog
from diffapply.model.stamps import Replay, Revisions, StampedTenants
from diffapply.model.survey import Finding, FindingKind, Survey, SurveyedShape
from diffapply.render.differences.likeness import in_a_word
from diffapply.render.words.wording import counted, in_order, visible

FINDINGS: Mapping[FindingKind, str] = {
    "sequence_behind": "Sequences behind their column: the next row may get a number that is taken",
    "sequence_ends": "Sequences near their end",
    "invalid_index": "Invalid indexes: they cost writes and serve no query; drop or reindex them",
    "switched_off": "Constraints that new rows may break: their triggers are switched off",
    "unvalidated": "Constraints that old rows may break: never validated",
    "no_primary_key": "Tables without a primary key",
}
"""Kind of finding → what it is."""

_COUNTED = ("table", "view", "materialized view", "routine", "sequence", "enum", "trigger")


def survey_summary(survey: Survey) -> str:
    """One line: how many tenants and shapes, who is alone, who could not be read."""
    told = f"{counted(survey.total, 'tenant')} in {counted(len(survey.shapes), 'shape')}"
    more = []
    if alone := len(survey.alone):
        more.append(f"{alone:,} {'is' if alone == 1 else 'are'} alone")
    if unreadable := len(survey.unreadable):
        more.append(f"{unreadable:,} unreadable")
    return f"{told}; {', '.join(more)}." if more else f"{told}."


def contents(catalog: Catalog) -> str:
    """Such as ``12 tables, 1 view``; what a structure consists of."""
    numbers = Counter({kind: len(catalog.by_kind.get(kind, ())) for kind in _COUNTED})
    told = [counted(numbers[kind], kind) for kind in _COUNTED if numbers[kind]]
    return ", ".join(told) or "nothing"


def told_finding(finding: Finding) -> str:
    """Such as ``ix_a on tasks``; safe to print."""
    name, table = visible(finding.name), visible(finding.table)
    place = f"{name} for {table}" if finding.kind.startswith("sequence") else f"{name} on {table}"
    return f"{place if table else name}{f': {finding.detail}' if finding.detail else ''}"


def by_kind(findings: Sequence[Finding]) -> dict[FindingKind, list[Finding]]:
    """The findings, kind by kind."""
    found: dict[FindingKind, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.kind, []).append(finding)
    return found


def by_fingerprint(survey: Survey) -> dict[str, SurveyedShape]:
    """Fingerprint → shape."""
    return {shape.fingerprint: shape for shape in survey.shapes}


def not_looked_into(survey: Survey) -> str:
    """Says how many columns were not compared with their sequences; empty if all were."""
    if not survey.unchecked:
        return ""
    return (
        f"{counted(survey.unchecked, 'sequence')} not compared with the column: the role may not "
        "read it, row security or other people's code is in between, or it has no index."
    )


def revisions_title(revisions: Revisions) -> str:
    """Such as ``Alembic (alembic.ini): 12 revisions, head 1f2e; all ran in scratch``."""
    replay = revisions.replay
    title = f"Alembic ({visible(replay.folder)})"
    if not replay.revisions:
        return title
    heads = ", ".join(map(visible, replay.heads))
    ran = f"{len(replay.structures):,}" if replay.stopped else "all"
    number = counted(len(replay.revisions), "revision")
    word = "head" if len(replay.heads) == 1 else "heads"
    return f"{title}: {number}, {word} {heads}; {ran} ran in scratch"


def stamp_lines(revisions: Revisions) -> list[tuple[bool, str, tuple[str, ...]]]:
    """Whether tenants are where they say, where they are, and which they are."""
    alike: dict[tuple[bool, str], list[tuple[str, ...]]] = {}
    for some in revisions.tenants:
        alike.setdefault((some.as_stamped, _told(some, revisions.replay)), []).append(some.tenants)
    found = [(*told, in_order(*names)) for told, names in alike.items()]
    return sorted(found, key=lambda line: -len(line[2]))


def _told(group: StampedTenants, replay: Replay) -> str:
    """Such as ``stamped r437, at none; nearest r430, but + index ix_a``; safe to print."""
    if group.as_stamped:
        return f"at {_named(group.stamps)}, as stamped"
    stamped = f"stamped {_named(group.stamps)}" if group.stamps else "not stamped"
    if group.stamps and not {*group.stamps} & {*replay.revisions} and replay.revisions:
        stamped += " (no revision of this folder)"
    if group.at:
        return f"{stamped}, at {visible(group.at[-1])}"
    if not group.nearest:
        return stamped
    ran = {revision for revision, _ in replay.structures}
    beyond = {*group.stamps} & ({*replay.revisions} - ran)
    where = "which did not run in scratch" if beyond else "at none"
    return (
        f"{stamped}, {where}; nearest {visible(group.nearest)}, but {in_a_word(group.differences)}"
    )


def _named(stamps: Sequence[str]) -> str:
    return ", ".join(map(visible, stamps))
