"""The plain way to register (jämförelse): FastAPI and the ORM, one commit for each request, and no checks at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI
from geoalchemy2 import Geometry, WKTElement
from pydantic import BaseModel
from sqlalchemy import DateTime, create_engine, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()
engine = create_engine(os.environ["PLAIN_DATABASE_URL"], pool_size=10)
sessions = sessionmaker(engine)


class Base(DeclarativeBase):
    """The peer's only table."""


class Deviation(Base):
    """A deviation, as plain as it can be."""

    __tablename__ = "plain"
    __table_args__ = ({"schema": "bench"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    category: Mapped[str]
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326))
    accuracy_m: Mapped[float]
    occurred_from: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    occurred_to: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    text: Mapped[str]
    visibility: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class New(BaseModel):
    """What is sent."""

    id: UUID
    lon: float
    lat: float
    accuracy_m: float
    occurred_from: datetime
    occurred_to: datetime | None = None
    category: str
    text: str = ""
    visibility: str = "forum"
    answers: dict[str, Any] = {}


class Saved(New):
    """What is answered."""

    created_at: datetime


def session() -> Iterator[Session]:
    """Yield the request's session; it commits when the route is done."""
    with sessions() as opened:
        yield opened
        opened.commit()


@app.post("/deviations", status_code=201, response_model=Saved)
def register(new: New, session: Annotated[Session, Depends(session, scope="function")]) -> dict[str, Any]:
    """Save a deviation."""
    facts = new.model_dump(exclude={"lon", "lat"})
    row = Deviation(**facts, organisation_id=uuid4(), geom=WKTElement(f"POINT({new.lon} {new.lat})", srid=4326))
    session.add(row)
    session.flush()
    session.refresh(row)
    return new.model_dump() | {"created_at": row.created_at}
