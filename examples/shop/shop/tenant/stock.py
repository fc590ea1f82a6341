"""What is there, and from whom it comes."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.base import Base, Timed, labels


class Reason(StrEnum):
    """Why stock moved."""

    BOUGHT = "bought"
    SOLD = "sold"
    LOST = "lost"
    COUNTED = "counted"


class Warehouse(Base):
    """A place where goods lie."""

    __tablename__ = "warehouses"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    country_code: Mapped[str] = mapped_column(ForeignKey("directory.countries.code"))


class StockLevel(Base):
    """How many of a variant lie in a warehouse."""

    __tablename__ = "stock_levels"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.product_variants.id"), primary_key=True
    )
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("tenant.warehouses.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(server_default="0")


class StockMove(Timed, Base):
    """What came and went."""

    __tablename__ = "stock_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("tenant.product_variants.id"), index=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("tenant.warehouses.id"))
    quantity: Mapped[int]
    reason: Mapped[Reason] = mapped_column(labels(Reason, "stock_reason"))


class Supplier(Base):
    """From whom goods come."""

    __tablename__ = "suppliers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    currency_code: Mapped[str] = mapped_column(ForeignKey("directory.currencies.code"))


class PurchaseOrder(Timed, Base):
    """What was ordered from a supplier."""

    __tablename__ = "purchase_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("tenant.suppliers.id"), index=True)


class PurchaseOrderLine(Base):
    """One position of it."""

    __tablename__ = "purchase_order_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_order_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.purchase_orders.id", ondelete="CASCADE"), index=True
    )
    variant_id: Mapped[int] = mapped_column(ForeignKey("tenant.product_variants.id"))
    quantity: Mapped[int]
    cost: Mapped[Decimal] = mapped_column(Numeric(12, 2))
