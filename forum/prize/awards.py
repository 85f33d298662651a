"""Awards (pristagare): what the jury decided, with its citation; known to everybody from the ceremony on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from forum.foundation.database import Base, Moment


class Award(Base):
    """A winner with its citation; without a nomination, that nobody gets the prize."""

    __tablename__ = "awards"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID | None]
    citation: Mapped[str]
    votes: Mapped[dict[str, Any]]
    decided_by_id: Mapped[UUID]
    decided_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    hash: Mapped[bytes]
