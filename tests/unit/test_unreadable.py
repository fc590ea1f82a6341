"""Who may not read some tenants is told one statement that helps."""

import pytest

from diffapply.model.unreadable import reading_asked


def _grant(schema: str, role: str = "me") -> str:
    return f"GRANT USAGE ON SCHEMA {schema} TO {role}"


@pytest.mark.parametrize(
    ("remedies", "told"),
    [
        (["a"], "Let the schema's owner run: GRANT USAGE ON SCHEMA a TO me;"),
        (["a", "b"], "Let the schemas' owner run: GRANT USAGE ON SCHEMA a, b TO me;"),
        (
            ['"a TO ""b"', "c"],
            """Let the schemas' owner run: GRANT USAGE ON SCHEMA "a TO ""b", c TO me;""",
        ),
    ],
)
def test_one_statement_for_all(remedies: list[str], told: str) -> None:
    """Whatever the schemas are called."""
    assert reading_asked([_grant(schema) for schema in remedies]) == told


def test_more_than_anybody_reads() -> None:
    """The first stands for them all."""
    told = reading_asked([_grant(f"user_{number}") for number in range(1000)])
    assert told == (
        "Let the schemas' owner run the like for each of them: GRANT USAGE ON SCHEMA user_0 TO me;"
    )


def test_what_diffapply_does_not_write_is_told_as_it_is() -> None:
    """As in a plan file of another version."""
    told = reading_asked([_grant("a"), _grant("b", "you"), "ask ada"])
    assert told == f"Let the schemas' owner run: {_grant('a')}; {_grant('b', 'you')}; ask ada;"
