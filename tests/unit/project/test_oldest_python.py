"""What the first releases of Python 3.11 cannot do is not used."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_no_pattern_is_possessive_or_atomic() -> None:
    """Before 3.11.5, such a group takes one character too many (CPython's issue 106052)."""
    found = {
        str(module.relative_to(ROOT)): re.findall(r"(?<!\\)[*+?}]\+|\(\?>", text)
        for folder in ("diffapply", "schema")
        for module in (ROOT / folder).rglob("*.py")
        if (text := module.read_text(encoding="utf-8"))
    }
    assert {module: patterns for module, patterns in found.items() if patterns} == {}
