"""Finds the line of a file at which a line of a routine's body stands."""

import re
from collections.abc import Iterable

from diffapply.desired.places import line_of


def line_of_body(files: Iterable[tuple[str, str]], label: str, body: str, line: int) -> str:
    """The file, unless it is all of the desired state, and the line; empty if not found.

    Args:
        files: path and text of each.
        label: how the user named the desired state.
        body: as PostgreSQL has it.
        line: one of its lines, from 1.
    """
    if not body.strip():
        return ""
    spelled = {body, body.replace("'", "''")}
    quoted = re.compile(rf"(?<=[$'])(?:{'|'.join(map(re.escape, spelled))})(?=[$'])")
    for file, text in files:
        if found := quoted.search(text):
            place = f"line {line_of(text, found.start()) + line - 1}"
            return place if file == label else f"{file}, {place}"
    return ""
