"""What is for sale."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Numeric, String, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.base import Base, Timed, labels


class ProductState(StrEnum):
    """Whether customers see it."""

    DRAFT = "draft"
    ON_SALE = "on_sale"
    RETIRED = "retired"


product_categories = Table(
    "product_categories",
    Base.metadata,
    Column("product_id", ForeignKey("tenant.products.id", ondelete="CASCADE"), primary_key=True),
    Column("category_id", ForeignKey("tenant.categories.id", ondelete="CASCADE"), primary_key=True),
)
product_tags = Table(
    "product_tags",
    Base.metadata,
    Column("product_id", ForeignKey("tenant.products.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tenant.tags.id", ondelete="CASCADE"), primary_key=True),
)


class Category(Base):
    """A tree."""

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.categories.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))


class Tag(Base):
    """A word that products have."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Product(Timed, Base):
    """What customers look at."""

    __tablename__ = "products"
    __table_args__ = (Index(None, "details", postgresql_using="gin"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[ProductState] = mapped_column(
        labels(ProductState, "product_state"), server_default="draft"
    )
    unit_code: Mapped[str] = mapped_column(ForeignKey("directory.units.code"))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")

    categories: Mapped[list[Category]] = relationship(secondary=product_categories)
    tags: Mapped[list[Tag]] = relationship(secondary=product_tags)


class ProductVariant(Base):
    """What customers buy."""

    __tablename__ = "product_variants"
    __table_args__ = (CheckConstraint("price >= 0", name="price"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.products.id", ondelete="CASCADE"), index=True
    )
    sku: Mapped[str] = mapped_column(String(40), unique=True)
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))


class ProductImage(Base):
    """A picture, in order."""

    __tablename__ = "product_images"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.products.id", ondelete="CASCADE"), index=True
    )
    url: Mapped[str] = mapped_column(String(400))
    position: Mapped[int] = mapped_column(server_default="1")


class Attribute(Base):
    """Such as colour."""

    __tablename__ = "attributes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class AttributeValue(Base):
    """Such as red, of a variant."""

    __tablename__ = "attribute_values"

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("tenant.product_variants.id", ondelete="CASCADE"), primary_key=True
    )
    attribute_id: Mapped[int] = mapped_column(ForeignKey("tenant.attributes.id"), primary_key=True)
    value: Mapped[str] = mapped_column(String(80))
