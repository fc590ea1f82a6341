"""What columns draw their numbers from is read from their defaults and identities."""

import pytest

from diffapply.ddl.structure.draws import Draw, draws, number_type
from diffapply.model.catalog import Catalog, Fact
from diffapply.scratch.elsewhere import drawn_elsewhere, mentioned_schemas

_OPTIONS = "START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9 CACHE 1 NO CYCLE"


@pytest.mark.parametrize(
    ("default", "sequence", "plain"),
    [
        ("nextval('s'::regclass)", "s", True),
        ("nextval('tmpl.s'::regclass)", "tmpl.s", True),
        ("""nextval('"It''s a "".""" + "\"'::regclass)", '"It\'s a ""."', True),
        (r"""nextval(E'"back\\slash"'::regclass)""", r'"back\slash"', True),
        ("nextval(('s'::text)::regclass)", "s", True),
        ("(nextval('s'::regclass))::integer", "s", True),
        ("(nextval('s'::regclass))::numeric(10,0)", "s", True),
        ("('X-'::text || nextval('s'::regclass))", "s", False),
        ("(nextval('s'::regclass) * 10)", "s", False),
    ],
)
def test_a_default_draws(default: str, sequence: str, plain: bool) -> None:  # noqa: FBT001
    """Whatever else it makes of the number is told apart."""
    found = draws(Catalog.of([Fact("default", "t.id", "t", default)]))
    assert found == {"t.id": Draw("t.id", "t", sequence, plain)}


def test_what_draws_from_nothing() -> None:
    """Other defaults do not, whatever is in their constants."""
    assert draws(Catalog.of([Fact("default", "t.id", "t", "lower('nextval'::text)")])) == {}


def test_an_identity_draws() -> None:
    """From the sequence that is part of it."""
    definition = f'GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "S" {_OPTIONS})'
    found = draws(Catalog.of([Fact("identity", "t.id", "t", definition)]))
    assert found == {"t.id": Draw("t.id", "t", '"S"')}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("smallint", "smallint"),
        ("bigint INHERITED", "bigint"),
        ("numeric(10,0)", "numeric(10,0)"),
        ("d", "integer"),
        ("e", "integer"),
        ("text", None),
        ("uuid", None),
    ],
)
def test_the_type_of_numbers(definition: str, expected: str | None) -> None:
    """A domain's is that of what it is made of, however often."""
    facts = [
        Fact("column", "t.id", "t", definition),
        Fact("domain", "d", "d", "integer"),
        Fact("domain", "e", "e", "d"),
    ]
    assert number_type("t.id", Catalog.of(facts)) == expected


def test_what_stands_elsewhere() -> None:
    """Sequences of other schemas, and schemas of which more than those is named."""
    catalog = Catalog.of(
        [
            Fact("default", "t.id", "t", "nextval('user_1.s'::regclass)"),
            Fact("default", "t.n", "t", "nextval('own'::regclass)"),
            Fact("default", "t.x", "t", '"Odd one".f(1)'),
            Fact("constraint", "t.fk", "t", "FOREIGN KEY (x) REFERENCES shared.items(id)"),
        ]
    )
    assert drawn_elsewhere([catalog]) == {"user_1.s"}
    assert mentioned_schemas([catalog]) == {"Odd one", "shared"}
