"""Nominations over HTTP (nomineringar): one's own to write and send in, those of a jury as far as they have opened.

Whoever has no office and nominated nothing finds nothing. What has not opened is answered as its cover alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.deps import AccountDep, IfMatch, SessionDep, reference_of, seen_version
from api.jury import EditionSlug, Nr
from api.reading import Body, JsonRoute
from forum.foundation import rights
from forum.foundation.errors import NotFound
from forum.people import members
from forum.prize import awards, contents, editions, jury, nominations, packs, sending, sources, ties
from forum.prize.contents import PARTS
from forum.prize.editions import Edition
from forum.prize.jury import Officer
from forum.prize.nominations import Nomination, Nominator, Status, nominator_of
from forum.prize.sources import Drawn
from forum.register import places
from forum.work import measures

router = APIRouter(prefix="/api/v1/editions/{edition}/nominations", tags=["prize"], route_class=JsonRoute)
Start = Literal["forum", "place", "measure"]


class StartBody(Body):
    """From what of a forum its chain is looked at."""

    start: Start = "forum"
    reference: Annotated[str, Field(coerce_numbers_to_str=True, max_length=40)] = Field(
        "", description="Number or id of the place or the measure"
    )


class BeginBody(StartBody):
    """Where a member begins: in which forum, and from what its chain fills the draft."""

    forum: str = Field(max_length=40)


class DraftBody(Body):
    """What is changed of a draft; what is left out stays."""

    title: str | None = None
    organisations: list[str] | None = Field(None, description="Lines from the topmost, with > between")
    problem: str | None = None
    done: str | None = None
    added: str | None = None
    results: str | None = None
    method: str | None = None
    limits: str | None = None
    others: str | None = None


class NominationCover(BaseModel):
    """What everybody in the jury sees first."""

    nr: int
    title: str
    organisations: list[str]
    status: Status | None = Field(description="How far it has come; None to whom it has not opened")


class NominationList(BaseModel):
    """Covers, by number."""

    nominations: list[NominationCover]


class NominationModel(NominationCover):
    """A nomination; `parts` is None to whom it has not opened."""

    version: int | None
    sent_in: datetime | None
    parts: dict[str, str] | None
    records: list[dict[str, Any]] | None = Field(description="Which organisations reported, decided and carried out")
    seal: str | None = Field(description="SHA-256 of the pack that was sealed last")
    reason: str = Field(description="The jury's words on it; its nominator reads them from the ceremony on")


def reader(session: Session, account_id: UUID, slug: str, nr: int) -> tuple[Officer | Nominator, Nomination]:
    """Return whoever reads, and the nomination: one's own, or one of the jury that one is in."""
    rights.become(session, rights.Principal(account=account_id))
    edition = editions.by_slug(session, slug)
    own = next((each for each in nominations.mine(session, account_id, edition) if each.nr == nr), None)
    if own is not None:
        return nominator_of(own), own
    officer, _ = jury.acting(session, account_id, slug)
    return officer, nominations.cover(session, officer, nr)


def mine(session: Session, account_id: UUID, slug: str, nr: int) -> tuple[Nomination, Edition]:
    """Return one of one's own, with its edition."""
    rights.become(session, rights.Principal(account=account_id))
    edition = editions.by_slug(session, slug)
    return nominations.get_mine(session, account_id, edition, nr), edition


def _cover(nomination: Nomination, *, opened: bool) -> dict[str, Any]:
    status = nomination.status if opened else None
    return {"nr": nomination.nr, "title": nomination.title, "organisations": nomination.named, "status": status}


def opens(session: Session, by: Officer | Nominator, nomination: Nomination) -> bool:
    """Tell whether what a nomination says has opened to whoever reads."""
    if isinstance(by, Nominator):
        return True
    try:
        ties.require_open(session, by, nomination)
    except NotFound:
        return False
    return True


def _whole(session: Session, by: Officer | Nominator, nomination: Nomination) -> NominationModel:
    if not opens(session, by, nomination):
        hidden = dict.fromkeys(("version", "sent_in", "parts", "records", "seal"))
        return NominationModel(**_cover(nomination, opened=False), **hidden, reason="")
    sealed = packs.of_nomination(session, nomination)
    return NominationModel(
        **_cover(nomination, opened=True),
        version=nomination.version,
        sent_in=nomination.submitted_at,
        parts=contents.of_cover(session, by, nomination),
        records=contents.records_of(session, nomination),
        seal=bytes(sealed[0].hash).hex() if sealed else None,
        reason=awards.reason_for(session, nomination.id),
    )


@router.get("")
def show_all(session: SessionDep, account_id: AccountDep, edition: EditionSlug) -> NominationList:
    """Return the covers that one's office shows, and without one those of one's own nominations."""
    rights.become(session, rights.Principal(account=account_id))
    found = editions.by_slug(session, edition)
    if any(each.id == found.id for _, each in jury.mine(session, account_id)):
        officer, _ = jury.acting(session, account_id, edition)
        held, opened = nominations.covers(session, officer), ties.opened(officer, ties.of_mine(session, officer))
    else:
        held = nominations.mine(session, account_id, found)
        opened = {each.id for each in held}
    return NominationList(nominations=[NominationCover(**_cover(each, opened=each.id in opened)) for each in held])


@router.get("/{nr}")
def show(
    session: SessionDep, account_id: AccountDep, edition: EditionSlug, nr: Nr, response: Response
) -> NominationModel:
    """Return a nomination: all of it where it has opened, else its cover."""
    told = _whole(session, *reader(session, account_id, edition, nr))
    if told.version is not None:
        response.headers["ETag"] = f'"{told.version}"'
    return told


@router.post("", status_code=201)
def begin(
    session: SessionDep, account_id: AccountDep, edition: EditionSlug, new: BeginBody, response: Response
) -> NominationModel:
    """Begin a nomination as a member of a forum, filled in from its chain."""
    member = members.acting(session, account_id, new.forum)
    found = editions.by_slug(session, edition)
    filled = drawn(session, member, new.start, new.reference)
    nomination = nominations.begin(session, member, found)
    sending.fill(session, nomination, found, filled, {})
    response.headers["Location"] = f"/api/v1/editions/{found.slug}/nominations/{nomination.nr}"
    return _whole(session, nominator_of(nomination), nomination)


def drawn(session: Session, member: members.Member, start: Start, reference: str) -> Drawn:
    """Return what the chain of a member's forum gives, from the forum, a place or a measure."""
    if start == "measure":
        return sources.of_measure(session, member, measures.get(session, member, reference_of(reference)))
    if start == "place":
        return sources.of_place(session, member, places.get(session, member, reference_of(reference)))
    return sources.of_forum(session, member)


@router.patch("/{nr}")
def change(
    session: SessionDep,
    account_id: AccountDep,
    edition: EditionSlug,
    nr: Nr,
    said: DraftBody,
    if_match: IfMatch = None,
) -> NominationModel:
    """Change a draft of one's own, under the version that one saw."""
    nomination, found = mine(session, account_id, edition, nr)
    version = seen_version(if_match, nomination.version)
    given = {name: words for name in PARTS if (words := getattr(said, name)) is not None}
    contents.write(session, nomination, found, given, version=version)
    title = nomination.title if said.title is None else said.title
    named = nomination.organisations if said.organisations is None else said.organisations
    nominations.entitle(session, nomination, title=title, organisations=named)
    return _whole(session, nominator_of(nomination), nomination)


@router.post("/{nr}/submission")
def submit(session: SessionDep, account_id: AccountDep, edition: EditionSlug, nr: Nr) -> NominationModel:
    """Send in a nomination of one's own: it is sealed, and stands."""
    nomination, found = mine(session, account_id, edition, nr)
    sending.submit(session, nomination, found)
    return _whole(session, nominator_of(nomination), nomination)


@router.delete("/{nr}")
def throw_away(session: SessionDep, account_id: AccountDep, edition: EditionSlug, nr: Nr) -> NominationList:
    """Throw away a draft of one's own, with all that belongs to it, and return those of one's own that are left."""
    nomination, found = mine(session, account_id, edition, nr)
    sending.throw_away(session, nomination)
    left = nominations.mine(session, account_id, found)
    return NominationList(nominations=[NominationCover(**_cover(each, opened=True)) for each in left])


@router.post("/{nr}/withdrawal")
def withdraw(session: SessionDep, account_id: AccountDep, edition: EditionSlug, nr: Nr) -> NominationModel:
    """Take back what one sent in, until the jury decides."""
    nomination, found = mine(session, account_id, edition, nr)
    sending.withdraw(session, nomination, found)
    return _whole(session, nominator_of(nomination), nomination)
