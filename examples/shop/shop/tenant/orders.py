"""What was bought, paid and sent; the view and the trigger stand in objects.py."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Numeric,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.base import Base, Timed, labels


class OrderState(StrEnum):
    """How far an order is."""

    OPEN = "open"
    PAID = "paid"
    SENT = "sent"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class PaymentState(StrEnum):
    """How far a payment is."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


order_discounts = Table(
    "order_discounts",
    Base.metadata,
    Column("order_id", ForeignKey("tenant.orders.id", ondelete="CASCADE"), primary_key=True),
    Column("discount_id", ForeignKey("tenant.discounts.id"), primary_key=True),
)


class Discount(Base):
    """A code that makes an order cheaper."""

    __tablename__ = "discounts"
    __table_args__ = (CheckConstraint("percent between 0 and 100", name="percent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))


class Order(Timed, Base):
    """What a customer bought at one time."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("tenant.customers.id"), index=True)
    state: Mapped[OrderState] = mapped_column(
        labels(OrderState, "order_state"), server_default="open"
    )
    currency_code: Mapped[str] = mapped_column(ForeignKey("directory.currencies.code"))
    placed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    discounts: Mapped[list[Discount]] = relationship(secondary=order_discounts)


class OrderLine(Base):
    """One position of an order."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("tenant.orders.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("tenant.product_variants.id"))
    quantity: Mapped[int]
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))


class Payment(Timed, Base):
    """Money for an order."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("tenant.orders.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    state: Mapped[PaymentState] = mapped_column(
        labels(PaymentState, "payment_state"), server_default="pending"
    )


class Refund(Timed, Base):
    """Money back."""

    __tablename__ = "refunds"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("tenant.payments.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))


class Shipment(Timed, Base):
    """A parcel."""

    __tablename__ = "shipments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("tenant.orders.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("directory.carrier_services.id"))
    tracking: Mapped[str | None] = mapped_column(String(80))


class ShipmentLine(Base):
    """What is in a parcel."""

    __tablename__ = "shipment_lines"

    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.shipments.id", ondelete="CASCADE"), primary_key=True
    )
    order_line_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.order_lines.id"), primary_key=True
    )
    quantity: Mapped[int]
