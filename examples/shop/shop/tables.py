"""The tables alone: `metadata`, as models have it that say nothing of views and triggers."""

from shop.base import Base
from shop.shared import billing, directory
from shop.tenant import catalogue, customers, orders, site, stock

metadata = Base.metadata

__all__ = [
    "billing",
    "catalogue",
    "customers",
    "directory",
    "metadata",
    "orders",
    "site",
    "stock",
]
