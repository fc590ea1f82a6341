"""A structure as SQL: for people, as JSON, and as a file that diffapply reads."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text

from diffapply.adopt.proof import named as desired_name
from diffapply.model.listing import some_of
from diffapply.model.own_name import STAND_IN
from diffapply.model.pulled import Pulled, ShownShape
from diffapply.render.differences.differences import Item, items
from diffapply.render.documents.contract import (
    VERSION,
    ShapeDocument,
)
from diffapply.render.documents.document import as_json
from diffapply.render.terminal.layout import USUAL, Layout, with_names
from diffapply.render.words.folding import fold
from diffapply.render.words.wording import (
    counted,
    examples,
    short,
    terminated,
    visible,
    visible_block,
)

_MOST = 10
"""Differences that an error names."""


def shape_lines(shown: ShownShape, layout: Layout = USUAL) -> Iterator[Text]:
    """A structure for people: who has it, and the statements that build it."""
    head = Text(f"-- {short(shown.shape.fingerprint)}  ", "bold")
    if shown.tenants:
        first, *others = with_names(head, shown.tenants, layout)
        yield from (first, *(Text(f"-- {line.plain}") for line in others))
    else:
        yield head.append("no tenant now; known from the journal")
    for statement in shown.shape.ddl or ():
        yield Text()
        yield Text(visible_block(fold(terminated(statement))))


def shape_json(shown: ShownShape) -> str:
    """`shape_document` as text."""
    return as_json(shape_document(shown))


def shape_document(shown: ShownShape) -> ShapeDocument:
    """A structure with its statements."""
    return {
        "version": VERSION,
        "fingerprint": shown.shape.fingerprint,
        "own_name": STAND_IN,
        "tenants": shown.tenants,
        "known": shown.known,
        "statements": shown.shape.ddl or (),
    }


def sql_file(
    statements: Sequence[str], tenants: Sequence[str], fingerprint: str, token: str
) -> str:
    """The file of a desired state, with where it comes from in its head.

    Args:
        token: the name in the statements that stands for the tenant; empty if none does.
    """
    whose = f"{counted(len(tenants), 'tenant')}: {examples(tenants)}" if tenants else "the journal"
    head = [f"-- The structure of {whose}; shape {short(fingerprint)}."]
    if token:
        option = f"--tenant-token {shlex.quote(token)}"
        head.append(f"-- In it, {token} is the tenant's own name: give {option}.")
    return "\n\n".join(["\n".join(head), *(fold(terminated(its)) for its in statements)]) + "\n"


def unlike(pulled: Pulled) -> str:
    """One sentence: what differs between what was written and the tenants."""
    told = [_unlike(item) for item in items(pulled.differences)]
    return f"What was written differs from the tenants: {some_of(told, _MOST, joint='; ')}."


def _unlike(item: Item) -> str:
    of = item.difference
    change = {"missing": "is not written", "extra": "is more than they have"}
    return f"{of.kind} {visible(of.name)} {change.get(of.change, 'is written otherwise')}"


def written(pulled: Pulled, paths: Sequence[Path]) -> Iterator[str]:
    """What was written, and how diffapply reads it."""
    files = " and ".join(map(str, paths))
    proved = "" if pulled.differences else ", and built it in scratch: it is what the tenants have"
    yield f"Wrote {files}{proved}."
    named = [
        desired_name(str(path), text) for path, (_, text) in zip(paths, pulled.texts, strict=True)
    ]
    options = [f"--desired {shlex.quote(name)}" for name in named]
    if pulled.token:
        options.append(f"--tenant-token {shlex.quote(pulled.token)}")
    yield f"To use it, give {' '.join(options)}"
