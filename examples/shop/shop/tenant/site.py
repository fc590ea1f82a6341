"""What happens on the merchant's site."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, String, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shop.base import Base, Timed


class Review(Timed, Base):
    """What a customer says of a product."""

    __tablename__ = "reviews"
    __table_args__ = (CheckConstraint("stars between 1 and 5", name="stars"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.products.id", ondelete="CASCADE"), index=True
    )
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.customers.id"))
    stars: Mapped[int]
    body: Mapped[str | None] = mapped_column(Text)


class Cart(Timed, Base):
    """What a visitor has chosen so far."""

    __tablename__ = "carts"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.customers.id"), index=True)


class CartLine(Base):
    """One position of it."""

    __tablename__ = "cart_lines"

    cart_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.carts.id", ondelete="CASCADE"), primary_key=True
    )
    variant_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.product_variants.id"), primary_key=True
    )
    quantity: Mapped[int] = mapped_column(server_default="1")


class Setting(Base):
    """How the merchant wants the shop."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSONB)


class AuditLog(Base):
    """What was done to orders; a trigger writes it."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    what: Mapped[str] = mapped_column(String(10))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
