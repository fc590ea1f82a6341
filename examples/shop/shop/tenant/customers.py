"""Who buys."""

from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table, Text, false, text
from sqlalchemy.dialects.postgresql import CITEXT, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.base import Base, Timed

customer_group_members = Table(
    "customer_group_members",
    Base.metadata,
    Column("customer_id", ForeignKey("tenant.customers.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "group_id", ForeignKey("tenant.customer_groups.id", ondelete="CASCADE"), primary_key=True
    ),
)


class CustomerGroup(Base):
    """Such as resellers."""

    __tablename__ = "customer_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class Customer(Timed, Base):
    """A person or a firm. `short_code()` is a function of the schema `directory`."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), server_default=text("short_code()"), unique=True)
    email: Mapped[str] = mapped_column(CITEXT, unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language_code: Mapped[str | None] = mapped_column(ForeignKey("directory.languages.code"))
    preferences: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")

    groups: Mapped[list[CustomerGroup]] = relationship(secondary=customer_group_members)


class Address(Base):
    """Where a customer lives."""

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.customers.id", ondelete="CASCADE"), index=True
    )
    street: Mapped[str] = mapped_column(String(200))
    postcode: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(80))
    country_code: Mapped[str] = mapped_column(ForeignKey("directory.countries.code"))
    is_default: Mapped[bool] = mapped_column(server_default=false())


class CustomerNote(Timed, Base):
    """What the merchant's staff write down."""

    __tablename__ = "customer_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.customers.id", ondelete="CASCADE"), index=True
    )
    body: Mapped[str] = mapped_column(Text)
