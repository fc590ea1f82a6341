"""All models: `metadata` is the desired state."""

from shop.base import Base
from shop.shared import billing, directory
from shop.tenant import catalogue, customers, objects, orders, site, stock

metadata = Base.metadata

__all__ = [
    "billing",
    "catalogue",
    "customers",
    "directory",
    "metadata",
    "objects",
    "orders",
    "site",
    "stock",
]
