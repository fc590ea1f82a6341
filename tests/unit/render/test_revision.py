"""A plan as a revision of Alembic: whatever names there are, its code is the template's."""

import ast
from dataclasses import replace

import pytest

from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.statement import Statement
from diffapply.planning.ways_back import ThereAndBack
from diffapply.render.sql.revision import plan_revision
from tests.unit.render_samples import HOSTILE, plan, transition

EVIL = ('x\nraise SystemExit(7)#\n\t""""""\\', "user{{changes}}", "{{about}}", *HOSTILE)


def _revision(name: str) -> str:
    """With a name as that of tenants, of a table, and in a hazard."""
    risk = Hazard(HazardCode.BUILDS_INDEX, f"builds {name}")
    there = transition((name, "user_9"), Statement(f'DROP TABLE\n"{name}"', (risk,)))
    back = replace(there, statements=(Statement("SELECT 1"),), blocked=(name,))
    blocked = transition((f"{name}2",), blocked=(name,))
    made = replace(plan(there, blocked, in_sync=(f"{name}3",)), desired=name)
    return plan_revision(made, [ThereAndBack(there, back)], "a1", (name,))


def _shape(text: str) -> list[str]:
    """The code without its constants."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = ""
    return [ast.dump(node) for node in tree.body]


@pytest.mark.parametrize("name", EVIL)
def test_names_are_constants(name: str) -> None:
    text = _revision(name)
    assert _shape(text) == _shape(_revision("plain"))
    constants = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    assert {name, f"{name}2", f"{name}3"} <= constants
