"""Which enums that are made anew could get their new labels in place."""

from dataclasses import replace

import pytest

from diffapply.model.affected import NO_EFFECT, Effect, Renewed
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.rename import Rename
from diffapply.model.statement import Statement
from diffapply.planning.notes.added_labels import notes
from diffapply.planning.notes.subject import Subject

_REWRITE = Statement("ALTER TABLE t …", (Hazard(HazardCode.REWRITES_TABLE, "rewrites t"),))


def enum(name: str, labels: str) -> Catalog:
    return Catalog.of([Fact("enum", name, name, f"ENUM ({labels})")])


@pytest.mark.parametrize(
    ("had", "wants", "expected"),
    [
        ("'a', 'c'", "'a', 'b', 'c'", "label 'b' is added and used at once"),
        ("'a', 'c'", "'z', 'a', 'c', 'd'", "labels 'z', 'd' are added and used at once"),
        ("'old'", "'new', 'b'", "label 'b' is added and used at once"),
        ("'a', 'c'", "'a', 'b'", ""),
        ("'a', 'c'", "'c', 'b', 'a'", ""),
        ("'a', 'c'", "'a', 'c'", ""),
    ],
)
def test_labels(had: str, wants: str, expected: str) -> None:
    """All that were there stay in their order, perhaps under another name."""
    renames = (Rename("enum", "f", "e", "f"), Rename("label", "f", "'old'", "'new'"))
    anew = Effect(anew=(Renewed("type", "e", "f"),))
    subject = Subject(enum("e", had), enum("f", wants), renames, (_REWRITE,), anew)
    said = " ".join(notes(subject))
    assert expected in said if expected else not said
    assert not [*notes(replace(subject, effect=NO_EFFECT))]
    assert not [*notes(replace(subject, statements=()))]
