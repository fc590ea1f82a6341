"""A structure as a file that diffapply reads, and what is said of it."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from diffapply.adopt.proof import named as desired_name
from diffapply.model.listing import some_of
from diffapply.model.pulled import Pulled
from diffapply.render.differences.items import Item, items
from diffapply.render.words.folding import fold
from diffapply.render.words.wording import counted, examples, short, terminated, visible

_MOST = 10
"""Differences that an error names."""


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
