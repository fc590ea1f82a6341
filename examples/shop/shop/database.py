"""Where the shop's database is."""

import os

import psycopg2
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from shop.base import DIRECTORY


def url() -> str:
    """`DATABASE_URL`, or the server that diffapply brings along."""
    if named := os.environ.get("DATABASE_URL"):
        return named
    from diffapply.database import embedded  # noqa: PLC0415 - only here

    return embedded.ensure_running()


def engine() -> Engine:
    """Connections that see `public` and `directory`; a merchant's schema comes before them."""
    place = url()
    path = f"-c search_path=public,{DIRECTORY}"
    return create_engine(
        "postgresql+psycopg2://",
        creator=lambda: psycopg2.connect(place, options=path),
        poolclass=NullPool,
    )
