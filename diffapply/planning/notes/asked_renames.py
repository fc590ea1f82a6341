"""How a likely rename is asked, and declared if it is one."""

import json
from collections.abc import Mapping

from diffapply.rehearsal.renames.moves import Move
from diffapply.values.grammar import bare, unquoted

_LOST: Mapping[str, str] = {
    "table": "loses the rows",
    "column": "loses the values",
    "label": "fails where a row has it",
}


def asked(move: Move, places: Mapping[tuple[str, str, str], str]) -> str:
    """The note, with the declaration if there is a place for it.

    Args:
        places: kind, whole and name of what can be declared → where it is defined; empty: in
            metadata.
    """
    name = move.old if move.kind == "table" else f"{move.table}.{move.old}"
    said = (
        f"{move.kind} {name} → {move.new} looks like a rename, but is planned as a drop and an "
        f"add, which {_LOST[move.kind]}."
    )
    place = places.get((move.kind, bare(move.table), _text(move.kind, move.new)))
    if place is None:
        return said
    if place:
        what = f"the definition of {move.kind} {move.new} ({place})"
        comment = f"-- diffapply: renamed from {_in_a_line(move.old)}"
        return f"{said} If it is one, put on a line of its own before {what}: {comment}"
    old, new = (_as_python(_text(move.kind, name)) for name in (move.old, move.new))
    if move.kind == "label":
        where, info = "a column of this type", f'{{"labels_renamed_from": {{{new}: {old}}}}}'
    else:
        where, info = f"the new {move.kind}", f'{{"renamed_from": {old}}}'
    return f"{said} If it is one, declare it on {where}: info={info}"


def _text(kind: str, name: str) -> str:
    """A name, or a label, as it is."""
    return unquoted(name) if kind == "label" else bare(name)


def _as_python(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _in_a_line(quoted: str) -> str:
    """The same name or constant without characters that cannot be seen, or that end a line."""
    if quoted.isprintable():
        return quoted
    mark = quoted[-1]
    text = unquoted(quoted) if mark == "'" else bare(quoted)
    escaped = "".join(
        char if char.isprintable() and char != "\\" else f"\\+{ord(char):06x}" for char in text
    )
    return f"U&{mark}{escaped.replace(mark, 2 * mark)}{mark}"
