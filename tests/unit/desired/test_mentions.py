"""Which schemas the types of a model may name."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM

from diffapply.desired.metadata.creation import TenantNames
from diffapply.desired.metadata.from_attribute import from_metadata
from diffapply.desired.metadata.mentions import names_of
from diffapply.errors import DesiredStateError

_DOMAIN = DOMAIN("code", sa.Text(), check="rules.holds(value)")


class _Decided(sa.TypeDecorator[str]):
    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[str]:
        assert dialect.name == "postgresql"
        return _DOMAIN


@pytest.mark.parametrize(
    "type_",
    [
        _DOMAIN,
        sa.ARRAY(_DOMAIN),
        sa.Text().with_variant(_DOMAIN, "postgresql"),
        sa.ARRAY(sa.Text().with_variant(_DOMAIN, "postgresql")),
        _Decided(),
        DOMAIN("codes", _Decided()),
        ENUM("a", name="label", schema="rules"),
        sa.Text().with_variant(ENUM("a", name="label", schema="rules"), "postgresql"),
    ],
)
def test_a_type_is_what_it_is_in_postgresql(type_: sa.types.TypeEngine[str]) -> None:
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, sa.Column("c", type_))
    assert "rules" in names_of([table], metadata)


class _Failing(_Decided):
    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[str]:
        raise LookupError(dialect.name)


def test_a_type_that_cannot_say_what_it_is() -> None:
    """It is code of the models like any other: the error names them, and what it says."""
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("c", _Failing()))
    with pytest.raises(DesiredStateError, match="models cannot be built: LookupError"):
        from_metadata([metadata], "models", TenantNames())
