"""All models: `metadata` is the desired state."""

from shop.base import Base
from shop.tables import metadata
from shop.tenant import objects

__all__ = ["Base", "metadata", "objects"]
