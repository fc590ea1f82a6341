"""What a plan says of tables of Alembic's stamps that it would drop."""

import tomllib

import pytest

from diffapply.model.catalog import Catalog, Fact
from diffapply.model.ignoring import USUAL, Ignoring
from diffapply.model.scope import Scope
from diffapply.planning.notes.stamp_tables import notes, setting
from diffapply.planning.notes.subject import Subject

_USUAL = Scope("user_1", ignoring=Ignoring((USUAL,)))
_MORE = Scope("user_1", ignoring=Ignoring(((*USUAL, "view:totals"),)))
_UNSPOKEN = _USUAL.leaving(("view:*",))


def tenant(*names: str) -> Catalog:
    """These tables of stamps, and another table."""
    facts = [Fact("table", "orders", "orders", "TABLE")]
    for name in names:
        plain = name.strip('"')
        facts += [
            Fact("table", name, name, "TABLE"),
            Fact("column", f"{name}.version_num", name, "character varying(32) NOT NULL", 1),
            Fact("constraint", f"{name}.{plain}_pkc", name, "PRIMARY KEY (version_num)"),
        ]
    return Catalog.of(facts)


def test_one_note_for_all() -> None:
    source, goal = tenant("of_fab", "of_shop"), tenant()
    leaving = setting([(source, goal)], _USUAL)
    [note] = notes(Subject(source, goal, leaving_stamps=leaving))
    assert note == (
        "tables of_fab, of_shop have the form of Alembic's stamps, and would be dropped. If a "
        "service still runs `alembic upgrade` with them, leave them alone: "
        'ignore = ["table:of_fab", "table:of_shop"]'
    )


def test_one_setting_for_a_plan() -> None:
    """Each shape's note tells of its own tables, and how to leave those of all shapes alone."""
    sources, goal = {name: tenant(name) for name in ("of_shop", "of_fab")}, tenant()
    leaving = setting([(its, goal) for its in sources.values()], _USUAL)
    for name, source in sources.items():
        [note] = notes(Subject(source, goal, leaving_stamps=leaving))
        assert note == (
            f"table {name} has the form of Alembic's stamps, and would be dropped. If a service "
            "still runs `alembic upgrade` with it, leave it alone: "
            'ignore = ["table:of_fab", "table:of_shop"]'
        )


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (_MORE, 'add "table:of_fab" to ignore'),
        (_USUAL, 'ignore = ["table:of_fab"]'),
        (_UNSPOKEN, 'ignore = ["table:of_fab"]'),
    ],
)
def test_settings_that_ignore_already(scope: Scope, said: str) -> None:
    """A second key would be refused. What the desired state does not speak of is no setting."""
    assert setting([(tenant("of_fab"), tenant())], scope) == said


def test_a_name_as_toml_has_it() -> None:
    said = setting([(tenant('"It\'s \\ ü"'), tenant())], _USUAL)
    assert tomllib.loads(said) == {"ignore": ["table:It's \\ ü"]}


def test_what_is_kept() -> None:
    assert not [*notes(Subject(tenant("of_fab"), tenant("of_fab")))]
