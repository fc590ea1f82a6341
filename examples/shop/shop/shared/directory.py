"""Facts of the world, in the schema `directory`: every merchant's tables refer to them."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CHAR, Column, Date, ForeignKey, Numeric, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from shop.base import DIRECTORY, Base

_HERE = {"schema": DIRECTORY}


class Currency(Base):
    """Such as EUR, with two digits."""

    __tablename__ = "currencies"
    __table_args__ = _HERE

    code: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    digits: Mapped[int] = mapped_column(server_default="2")


class Country(Base):
    """Such as DE."""

    __tablename__ = "countries"
    __table_args__ = _HERE

    code: Mapped[str] = mapped_column(CHAR(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    currency_code: Mapped[str] = mapped_column(ForeignKey("directory.currencies.code"))


class Language(Base):
    """Such as de."""

    __tablename__ = "languages"
    __table_args__ = _HERE

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


country_languages = Table(
    "country_languages",
    Base.metadata,
    Column("country_code", ForeignKey("directory.countries.code"), primary_key=True),
    Column("language_code", ForeignKey("directory.languages.code"), primary_key=True),
    schema=DIRECTORY,
)


class TimeZone(Base):
    """Such as Europe/Berlin."""

    __tablename__ = "time_zones"
    __table_args__ = _HERE

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    country_code: Mapped[str | None] = mapped_column(ForeignKey("directory.countries.code"))


class Unit(Base):
    """What is counted: pieces, kilograms, metres."""

    __tablename__ = "units"
    __table_args__ = _HERE

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))


class TaxZone(Base):
    """Countries with the same taxes."""

    __tablename__ = "tax_zones"
    __table_args__ = _HERE

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class TaxRate(Base):
    """A rate from a day on."""

    __tablename__ = "tax_rates"
    __table_args__ = _HERE

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("directory.tax_zones.id"), index=True)
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    since: Mapped[date] = mapped_column(Date)


class Carrier(Base):
    """Who carries parcels."""

    __tablename__ = "carriers"
    __table_args__ = _HERE

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class CarrierService(Base):
    """Express, standard."""

    __tablename__ = "carrier_services"
    __table_args__ = _HERE

    id: Mapped[int] = mapped_column(primary_key=True)
    carrier_code: Mapped[str] = mapped_column(ForeignKey("directory.carriers.code"), index=True)
    name: Mapped[str] = mapped_column(String(80))


class ExchangeRate(Base):
    """What a currency cost on a day."""

    __tablename__ = "exchange_rates"
    __table_args__ = _HERE

    currency_code: Mapped[str] = mapped_column(
        ForeignKey("directory.currencies.code"), primary_key=True
    )
    on_day: Mapped[date] = mapped_column(Date, primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))
