"""Whether the program lives and is ready (hälsa)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from forum.foundation import database

router = APIRouter(tags=["health"])
SEARCH_IS_QUICK = text("SELECT proleakproof FROM pg_proc WHERE oid = 'ts_match_vq(tsvector,tsquery)'::regprocedure")


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Answer: the program lives."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(request: Request, response: Response) -> dict[str, Any]:
    """Tell whether the database answers and its tables are of this version."""
    try:
        with request.app.state.sessions() as session:
            ready, quick = database.migrated(session), bool(session.scalar(SEARCH_IS_QUICK))
    except SQLAlchemyError:
        ready, quick = False, True
    response.status_code = 200 if ready else 503
    warnings = [] if quick else ["search is slow: mark ts_match_vq LEAKPROOF, docs/decisions/0002"]
    return {"status": "ready" if ready else "not ready", "warnings": warnings}
