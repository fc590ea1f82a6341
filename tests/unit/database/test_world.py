"""What sessions of the application have: paths as PostgreSQL shows them, amounts of money."""

import pytest

from diffapply.database.fresh_session import split_path
from diffapply.database.session import as_written
from diffapply.model.world import World


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ('"$user", public', ["public"]),
        ("public", ["public"]),
        ('Public,"Public" , "a,b", "say ""x"""', ["public", "Public", "a,b", 'say "x"']),
        ('""', []),
        ("", []),
    ],
)
def test_names_in_a_search_path(shown: str, names: list[str]) -> None:
    assert split_path(shown) == names


@pytest.mark.parametrize("amount", ["'$1,234.56'::money", "'-$0.01'", "'$5'"])
def test_amounts_are_read_as_they_were_written(amount: str) -> None:
    """Whatever an amount looks like in the application's locale."""
    statement = f"ALTER TABLE t ALTER COLUMN price SET DEFAULT {amount}"
    assert as_written(statement, World()) == statement
    german = as_written(statement, World(settings=(("lc_monetary", "de_DE.UTF-8"),)))
    before, during, after = german.split("\n")
    assert (before, during) == ("set local lc_monetary = 'C';", statement)
    assert after == ";set local lc_monetary = 'de_DE.UTF-8'"


def test_what_is_no_amount_stays() -> None:
    world = World(settings=(("lc_monetary", "de_DE.UTF-8"),))
    statement = "ALTER TABLE t ADD CHECK (note <> '$a' AND n > 1.5)"
    assert as_written(statement, world) == statement
