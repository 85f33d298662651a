"""The evidence of a nomination over HTTP (underlag): listed as it opened, and of a draft added and taken away.

A member adds what the chain of their forum offers: frozen cards and pictures, decisions, sealed minutes, published
months; and documents of their own. Nothing is sent in that the register has itself: a piece is named, and read there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.deps import AccountDep, Route, SessionDep
from api.jury import EditionSlug, Nr
from api.nominations import Start, StartBody, drawn, mine, opens, reader
from api.reading import Body, JsonRoute
from forum.foundation.errors import Forbidden, NotFound
from forum.foundation.language import N_
from forum.people import forums, members
from forum.people.members import Member
from forum.prize import evidence, papers, sending, sources
from forum.prize.evidence import Evidence, Kind, Snapshot
from forum.prize.jury import Officer
from forum.prize.nominations import Nomination, Nominator, nominator_of

PREFIX = "/api/v1/editions/{edition}/nominations/{nr}"
router = APIRouter(prefix=PREFIX, tags=["prize"], route_class=JsonRoute)
brought = APIRouter(prefix=PREFIX, tags=["prize"], route_class=Route)
"""What comes with a document is a form, not JSON."""
DOOR = re.compile(r"/api/v1/editions/[^/]+/nominations/[^/]+/evidence/documents")
"""The address that takes documents."""
LARGEST = papers.LARGEST + 100_000
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
    "Content-Disposition": 'attachment; filename="underlag.pdf"',
}
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}
StartDep = Annotated[Start, Query(description="Whose chain is looked at")]
ReferenceDep = Annotated[str, Query(max_length=40, description="Number or id of the place or the measure")]


class SourceBody(StartBody):
    """What of a chain is added."""

    source: UUID = Field(description="As it is offered")


class DocumentBody(Body):
    """A document, as a form."""

    evidence_title: str = Field(description="What it is, in a few words")
    document: UploadFile = Field(description="PDF that does nothing but be read; at most 10 megabytes and 100 pages")


class EvidenceModel(BaseModel):
    """A piece of evidence as everybody may see it, with its source's hash and its own."""

    nr: int
    kind: Kind
    title: str
    content: dict[str, Any] = Field(description="The snapshot: counts only where they single out nobody")
    source_hash: str | None
    hash: str
    address: str | None = Field(description="Where a member of its forum reads the source; None to everybody else")
    newer_since: date | None = Field(description="Since when the register has something newer; None where it has not")


class NominationChain(BaseModel):
    """The evidence of a nomination by number: the links back."""

    evidence: list[EvidenceModel]


class OfferedModel(BaseModel):
    """What could be evidence, as everybody would see it."""

    source: UUID
    kind: Kind
    title: str
    content: dict[str, Any]
    source_hash: str | None
    added: bool = Field(description="Whether it is among the evidence already")


class OfferedList(BaseModel):
    """What a chain offers."""

    offered: list[OfferedModel]


def _hex(digest: bytes | None) -> str | None:
    return bytes(digest).hex() if digest else None


def _listed(session: Session, by: Officer | Nominator, nomination: Nomination) -> NominationChain:
    held = evidence.of_nomination(session, by, nomination)
    there = {each.id: each.slug for each in forums.mine(session)}
    told = [
        {name: getattr(each, name) for name in ("nr", "kind", "title", "content")}
        | {"source_hash": _hex(each.source_hash), "hash": bytes(each.hash).hex()}
        | {"address": _address(each, there)}
        for each in held
    ]
    newer = sources.moved_on(session, held)
    return NominationChain(evidence=[EvidenceModel(**each, newer_since=newer.get(each["nr"])) for each in told])


BACK = {
    Kind.EFFECT: "effects/{source}", Kind.DECISION: "meetings/{day}", Kind.MINUTES: "meetings/{day}",
}  # fmt: skip


def _address(each: Evidence, there: Mapping[UUID, str]) -> str | None:
    """Return where the source is read by whoever is in its forum."""
    slug, path = there.get(each.forum_id) if each.forum_id else None, BACK.get(Kind(each.kind))
    if slug is None or path is None:
        return None
    return f"/api/v1/forums/{slug}/" + path.format(source=each.source_id, day=each.content.get("day"))


def _open(session: Session, account_id: UUID, slug: str, nr: int) -> tuple[Officer | Nominator, Nomination]:
    """Return whoever reads and the nomination; not found where it has not opened."""
    by, nomination = reader(session, account_id, slug, nr)
    if not opens(session, by, nomination):
        raise NotFound
    return by, nomination


@router.get("/chain")
@router.get("/evidence", name="list_evidence")
def show(session: SessionDep, account_id: AccountDep, edition: EditionSlug, nr: Nr) -> NominationChain:
    """Return the evidence that leads back from a nomination; not found where it has not opened."""
    return _listed(session, *_open(session, account_id, edition, nr))


@router.get("/evidence/offered")
def offer(
    session: SessionDep,
    account_id: AccountDep,
    edition: EditionSlug,
    nr: Nr,
    start: StartDep = "forum",
    reference: ReferenceDep = "",
) -> OfferedList:
    """Return what the forum in which a nomination of one's own began can lend it."""
    nomination, _ = mine(session, account_id, edition, nr)
    held = evidence.sources_of(session, nominator_of(nomination), nomination)
    chain = drawn(session, _member(session, account_id, nomination), start, reference)
    return OfferedList(offered=[_offered(each, added=each.source_id in held) for each in chain.snapshots])


def _offered(made: Snapshot, *, added: bool) -> OfferedModel:
    said = {"kind": made.kind, "title": made.title, "content": made.content}
    return OfferedModel(source=made.source_id, source_hash=_hex(made.source_hash), added=added, **said)


def _member(session: Session, account_id: UUID, nomination: Nomination) -> Member:
    """Return the nominator as a member of the forum where it began: no other lends it anything."""
    there = next((each for each in forums.mine(session) if each.id == nomination.forum_id), None)
    if there is None:
        message = N_("Only a member of the forum where it began adds what its register has.")
        raise Forbidden(message, field="source", value=nomination.nr, remedy=N_("Add a document instead."))
    return members.acting(session, account_id, there.slug)


@router.post("/evidence", status_code=201)
def add(
    session: SessionDep, account_id: AccountDep, edition: EditionSlug, nr: Nr, wanted: SourceBody
) -> NominationChain:
    """Add a piece that is offered to a draft of one's own, with who did what in its chain."""
    nomination, found = mine(session, account_id, edition, nr)
    chain = drawn(session, _member(session, account_id, nomination), wanted.start, wanted.reference)
    sending.lend(session, nomination, found, chain, [wanted.source])
    return _listed(session, nominator_of(nomination), nomination)


@brought.post("/evidence/documents", status_code=201)
def bring(
    session: SessionDep,
    account_id: AccountDep,
    edition: EditionSlug,
    nr: Nr,
    new: Annotated[DocumentBody, Form(media_type="multipart/form-data")],
) -> NominationChain:
    """Add a document to a draft of one's own, as a form."""
    nomination, found = mine(session, account_id, edition, nr)
    evidence.bring(session, nomination, found, title=new.evidence_title, document=new.document.file.read())
    return _listed(session, nominator_of(nomination), nomination)


@router.delete("/evidence/{piece}")
def remove(session: SessionDep, account_id: AccountDep, edition: EditionSlug, nr: Nr, piece: Nr) -> NominationChain:
    """Take a piece away from a draft of one's own, and return what is left; the numbers of the others stay."""
    nomination, found = mine(session, account_id, edition, nr)
    evidence.remove(session, nomination, found, piece)
    return _listed(session, nominator_of(nomination), nomination)


@router.get("/evidence/{piece}/document", response_class=Response, responses=PDF)
def document(session: SessionDep, account_id: AccountDep, edition: EditionSlug, nr: Nr, piece: Nr) -> Response:
    """Return a document that was brought, byte for byte."""
    found: Evidence = evidence.get(session, *_open(session, account_id, edition, nr), piece)
    if found.document is None:
        raise NotFound
    return Response(found.document, media_type="application/pdf", headers=HEADERS)
