"""What all models share: the naming convention, the tenant's token, and columns of every table."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, Enum, MetaData, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

TENANT = "tenant"
"""Stands for the merchant's own schema; `tenant-token` in pyproject.toml says the same."""
DIRECTORY = "directory"
BILLING = "billing"


class Base(DeclarativeBase):
    """Tables that name no schema are the merchant's."""

    metadata = MetaData(
        schema=TENANT,
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        },
    )


class Timed:
    """When a row came, and when it changed."""

    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


def labels(kind: type[StrEnum], name: str) -> Enum:
    """An enum of the merchant's own, with the values of a Python one as labels."""
    return Enum(
        kind, name=name, schema=TENANT, values_callable=lambda its: [one.value for one in its]
    )
