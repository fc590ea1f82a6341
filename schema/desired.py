"""The desired state: what every tenant of this repository looks like.

A marketplace job is worked off in granular tasks ("Upload image 1/3"), so that a retry can
skip what is COMPLETED and repeat only what FAILED.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Declarative base; its tables name no schema, because they are the tenant's."""


class MarketplaceJob(Base):
    """A job that a tenant has handed to a marketplace."""

    __tablename__ = "marketplace_jobs"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(50), default="PENDING", server_default="PENDING")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

    tasks: Mapped[list["MarketplaceTask"]] = relationship(
        back_populates="job",
        order_by="MarketplaceTask.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class MarketplaceTask(Base):
    """One granular step of a job; `position` is its order in the job, from 1."""

    __tablename__ = "marketplace_tasks"
    __table_args__ = (
        Index("ix_marketplace_tasks_job_position", "job_id", "position"),
        Index("ix_marketplace_tasks_job_status", "job_id", "status"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("marketplace_jobs.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    position: Mapped[int] = mapped_column(Integer)
    # PENDING, RUNNING, COMPLETED or FAILED.
    status: Mapped[str] = mapped_column(String(50), default="PENDING", server_default="PENDING")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    error_message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    job: Mapped[MarketplaceJob] = relationship(back_populates="tasks")


metadata = Base.metadata
