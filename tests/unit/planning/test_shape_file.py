"""A shape file is read as it was written; what makes no sense in it is named with its place."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from diffapply.errors import ShapeFileError
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.ignoring import Ignoring
from diffapply.model.plan import Shape
from diffapply.model.world import World
from diffapply.planning.desired_shape import DesiredShape, ShapeVariant, require_writable
from diffapply.planning.files import sealed
from tests.unit.render_samples import FULL_PLAN


def _everything() -> DesiredShape:
    """A shape that has something of everything."""
    way = replace(FULL_PLAN.transitions[0], tenants=(), managed=None)
    goal = FULL_PLAN.shapes[way.goal]
    return DesiredShape(
        goal.catalog,
        ("CREATE TABLE a ()", "CREATE VIEW b AS SELECT 1"),
        World(("public", "ext"), (("TimeZone", "Asia/Tokyo"),)),
        desired="schema/desired.py:metadata",
        git_commit="abc1234",
        server=18,
        ways=(way,),
        ends={way.source: FULL_PLAN.shapes[way.source], way.goal: goal},
        alike=frozenset({"f" * 64}),
        provision_like="blank",
        copy_rows=("countries", 'a "b"'),
        rows_from="blank",
        variants=(
            ShapeVariant(frozenset({"user_42", "user_7"}), date(2999, 12, 31), _own()),
            ShapeVariant(frozenset({"user_8"}), date(2026, 1, 31), _own()),
            ShapeVariant(frozenset({"user_9"}), None, _own()),
        ),
    )


def _own() -> DesiredShape:
    """The shape of a tenant with a variant."""
    table = Fact("table", "legacy", "legacy", "persistence=p", 1)
    return DesiredShape(Catalog.of([table]), ("x",), ignoring=Ignoring((("view:*",),)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a shape."""
    _everything().save(tmp_path / "shape.json")
    return tmp_path / "shape.json"


def _forge(path: Path, alter: Callable[[Any], object]) -> None:
    """Alter what the file says of the shape, and make the digest anew."""
    document = json.loads(path.read_text())
    alter(document["shape"])
    document["digest"] = sealed.digest(document["shape"])
    path.write_text(json.dumps(document))


def test_it_is_read_as_it_was_written(path: Path) -> None:
    """Also by a name that is no Path; the ends of ways have the DDL that the shape has."""
    shape = _everything()
    read = DesiredShape.load(str(path))
    ends = {name: Shape(its.catalog, its.ddl) for name, its in shape.ends.items()}
    ends[shape.fingerprint] = Shape(shape.catalog, shape.ddl)
    assert read == replace(shape, ends=ends)
    assert read.way_from(shape.ways[0].source) == shape.ways[0]
    assert read.way_from("0" * 64) is None


def test_a_tenant_has_the_shape_of_its_variant_as_long_as_that_holds(path: Path) -> None:
    read = DesiredShape.load(path)
    own = {
        name for name in ("user_1", "user_7", "user_8", "user_9") if read.for_tenant(name) != read
    }
    assert own == {"user_7", "user_9"}
    assert read.for_tenant("user_9") == _own()


def test_one_without_ways(tmp_path: Path) -> None:
    """As `diffapply shape` makes it without --ways."""
    shape = DesiredShape(Catalog.of([Fact("table", "a", "a", "persistence=p", 1)]), ("x",))
    shape.save(tmp_path / "shape.json")
    assert DesiredShape.load(tmp_path / "shape.json") == shape


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is truncated, or is not a shape file"),
        ("[" * 100_000, "is truncated, or is not a shape file"),
        ('{"diffapply_plan": 1}', "is not a shape file"),
        ("[]", "is not a shape file"),
        ('{"diffapply_shape": 2}', "has format version 2; this diffapply reads version 1"),
        ('{"diffapply_shape": 1, "digest": "0", "shape": {}}', "changed after it was written"),
        ('{"diffapply_shape": 1, "diffapply_shape": 1}', "says 'diffapply_shape' twice"),
    ],
)
def test_other_files(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(ShapeFileError, match=told):
        DesiredShape.load(tmp_path / "x.json")


def test_an_altered_file(path: Path) -> None:
    path.write_text(path.read_text().replace("CREATE TABLE a ()", "DROP TABLE a"))
    with pytest.raises(ShapeFileError, match="its digest does not match") as caught:
        DesiredShape.load(path)
    assert "diffapply shape --out" in caught.value.hint


@pytest.mark.parametrize(
    ("alter", "told"),
    [
        (lambda its: its.update(own_name="user_1"), r"\$\.shape\.own_name"),
        (lambda its: its.update(settings={"role": "x"}), "no setting 'role'"),
        (lambda its: its.update(fingerprint="0" * 64), "no shape '0000"),
        (lambda its: its.update(server="18"), r"\$\.shape\.server"),
        (lambda its: its.update(desired="\0"), "No text of PostgreSQL holds NUL"),
        (lambda its: its["ways"][0].update(goal=its["ways"][0]["source"]), "leads elsewhere"),
        (lambda its: its["ways"][0].update(tenants=["user_1"]), "leads elsewhere"),
        (lambda its: its["ways"][0].update(owners=["a"]), "leads elsewhere"),
        (lambda its: its["ways"][0].update(source="0" * 64), "no shape '0000"),
        (
            lambda its: its["ways"][0]["statements"][1].update(sql="COMMIT"),
            r"ends a transaction - at `\$\.shape\.ways\[0\]\.statements\[1\]\.sql`",
        ),
        (lambda its: its["ways"][0].pop("statements"), r"\$\.shape\.ways\[0\]"),
        (
            lambda its: its["shapes"][its["fingerprint"]]["facts"][0].update(kind="spell"),
            "another shape's",
        ),
    ],
)
def test_nonsense_is_named_with_its_place(
    path: Path, alter: Callable[[Any], object], told: str
) -> None:
    _forge(path, alter)
    with pytest.raises(ShapeFileError, match=told) as caught:
        DesiredShape.load(path)
    assert "invalid content" in caught.value.message


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(ShapeFileError, match="it is a folder"):
        require_writable(tmp_path)
    with pytest.raises(ShapeFileError, match="No such file"):
        _everything().save(tmp_path / "nowhere" / "shape.json")
    with pytest.raises(ShapeFileError, match="cannot be read: No such file"):
        DesiredShape.load(tmp_path / "nowhere.json")
