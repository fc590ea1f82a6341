"""What merchants pay us, in the schema `billing`."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Column, Date, ForeignKey, Numeric, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.base import BILLING, Base, Timed

_HERE = {"schema": BILLING}


class Plan(Base):
    """What one can book."""

    __tablename__ = "plans"
    __table_args__ = _HERE

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    monthly: Mapped[Decimal] = mapped_column(Numeric(12, 2))


class Feature(Base):
    """What a plan may include."""

    __tablename__ = "features"
    __table_args__ = _HERE

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


plan_features = Table(
    "plan_features",
    Base.metadata,
    Column("plan_id", ForeignKey("billing.plans.id"), primary_key=True),
    Column("feature_code", ForeignKey("billing.features.code"), primary_key=True),
    schema=BILLING,
)


class Account(Timed, Base):
    """A merchant, and the schema that is theirs."""

    __tablename__ = "accounts"
    __table_args__ = _HERE

    id: Mapped[int] = mapped_column(primary_key=True)
    schema_name: Mapped[str] = mapped_column(String(63), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    country_code: Mapped[str] = mapped_column(ForeignKey("directory.countries.code"))


class Subscription(Timed, Base):
    """Which plan an account has."""

    __tablename__ = "subscriptions"
    __table_args__ = _HERE

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("billing.accounts.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("billing.plans.id"))
    until: Mapped[date | None] = mapped_column(Date)


class Invoice(Timed, Base):
    """What an account owes for a month."""

    __tablename__ = "invoices"
    __table_args__ = (UniqueConstraint("account_id", "month"), _HERE)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("billing.accounts.id"))
    month: Mapped[date] = mapped_column(Date)


class InvoiceLine(Base):
    """One position of an invoice."""

    __tablename__ = "invoice_lines"
    __table_args__ = _HERE

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("billing.invoices.id"), index=True)
    text: Mapped[str] = mapped_column(String(200))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))


class PaymentMethod(Base):
    """How an account pays."""

    __tablename__ = "payment_methods"
    __table_args__ = _HERE

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("billing.accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))


class Coupon(Base):
    """A discount on a plan."""

    __tablename__ = "coupons"
    __table_args__ = _HERE

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("billing.plans.id"))


class Usage(Base):
    """What an account used on a day."""

    __tablename__ = "usage"
    __table_args__ = _HERE

    account_id: Mapped[int] = mapped_column(ForeignKey("billing.accounts.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(Date, primary_key=True)
    orders: Mapped[int] = mapped_column(server_default="0")


class Reminder(Base):
    """A letter about an invoice that is late."""

    __tablename__ = "reminders"
    __table_args__ = _HERE

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("billing.invoices.id"), index=True)
    sent_on: Mapped[date] = mapped_column(Date)
