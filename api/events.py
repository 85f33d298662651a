"""The forum's events over HTTP (händelser): that something changed, as Server-Sent Events; the only async route."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from api.deps import SessionDep, proof_of
from api.streams import Listening, Streams
from forum.people import accounts, members
from forum.people.members import Member
from forum.register import changes

router = APIRouter(prefix="/api/v1/forums/{forum}", tags=["events"])
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""A proxy passes each event on at once and keeps none."""
STREAM = {
    "text/event-stream": {"schema": {"type": "string", "examples": ["event: changed\ndata: \nid: 1698337800000000\n"]}}
}
ABOUT: dict[int | str, dict[str, Any]] = {
    200: {"description": "`changed` events without content, until the client leaves", "content": STREAM}
}
Moment = Annotated[
    int | None, Query(ge=0, le=10**18, description="Number of the last event heard, or of a page's state")
]
LastHeard = Annotated[
    int | None, Header(alias="Last-Event-ID", ge=0, le=10**18, description="The same, from a browser")
]


class Events(StreamingResponse):
    """A stream that is counted while it lasts."""

    media_type = "text/event-stream"

    def __init__(self, streams: Streams, stream: Listening) -> None:
        super().__init__(streams.told(stream), headers=HEADERS)
        self._streams, self._stream = streams, stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the client or the program leaves; refuses too many before anything is sent."""
        with self._streams.joined(self._stream):
            await super().__call__(scope, receive, send)


def listening(
    request: Request,
    session: SessionDep,
    forum: Annotated[str, Path(max_length=40)],
    since: Moment = None,
    last_event_id: LastHeard = None,
) -> Listening:
    """Return the stream of who asks; each of its looks proves anew who that is and that they are a member."""
    kind, secret = proof_of(request)

    def member(session: Session) -> Member:
        account = accounts.whose(session, kind, secret, in_use=False)
        return members.acting(session, account, forum)

    def look() -> int:
        with request.app.state.sessions() as own:
            return changes.newest(own, member(own))

    asking = member(session)
    assert asking.account_id is not None
    heard = since if last_event_id is None else last_event_id
    return Listening(asking.account_id, asking.forum_id, heard, look)


@router.get("/deviations/events", status_code=200, response_class=Events, responses=ABOUT)
@router.get("/events", status_code=200, response_class=Events, responses=ABOUT)
async def events(request: Request, stream: Annotated[Listening, Depends(listening)]) -> Events:
    """Tell that deviations were added or changed, at most once a second, only of what the member may see.

    An event carries nothing but its number. Who was away sends the last one, and is told at once of anything newer.
    """
    return Events(request.app.state.streams, stream)
