"""Documents over HTTP (dokument): a job is asked to print one, then it is looked at and taken along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from api.deps import MemberDep, SessionDep
from api.geojson import GeoJson, answer
from api.reading import Body, JsonRoute
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid, NotFound
from forum.foundation.language import N_, Language
from forum.people.agreements import today
from forum.work import documents
from forum.work.documents import Document, Kind, Status
from forum.work.yearly import days_of
from mapping import picture

router = APIRouter(
    prefix="/api/v1/forums/{forum}/documents", tags=["documents"], route_class=JsonRoute, default_response_class=GeoJson
)
Id = Annotated[UUID, Path(description="The id")]


class Form(StrEnum):
    """What a document is written as; only the yearly report is written for Word too."""

    PDF = "pdf"
    DOCX = "docx"


MEDIA_TYPES = {
    Form.PDF: "application/pdf",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class DocumentBody(Body):
    """What is to be printed."""

    kind: Kind
    audience: Audience = Field(Audience.FORUM, description="Public: of what is published alone; not the decisions")
    language: Language = Language.SV
    year: int | None = Field(None, description="Of the yearly report to the council")
    first: date | None = Field(None, description="First day of a picture or of decisions")
    last: date | None = Field(None, description="Last day of them")

    def wanted(self) -> dict[str, str]:
        """Return what is printed; refuses what does not belong to its kind."""
        if self.kind is Kind.COUNCIL:
            self._require(("year",), ("first", "last"))
            first, last = days_of(self.year or 0)
            return {"year": str(self.year), "first": first.isoformat(), "last": last.isoformat()}
        self._require(("first", "last"), ("year",))
        first, last = self.first or today(), self.last or today()
        picture.checked(first, last + timedelta(days=1))
        return {"first": first.isoformat(), "last": last.isoformat()}

    def _require(self, needed: tuple[str, ...], foreign: tuple[str, ...]) -> None:
        for name in needed:
            if getattr(self, name) is None:
                raise Invalid(N_("This is missing."), field=name, value="", remedy=N_("Fill this in."))
        for name in foreign:
            if (given := getattr(self, name)) is not None:
                message = N_("This does not belong to this kind of document.")
                raise Invalid(message, field=name, value=given, remedy=N_("Leave it out."))


class DocumentModel(BaseModel):
    """A document on its way, kept for a day; the hashes are there when it is done."""

    id: UUID
    kind: Kind
    audience: Audience
    language: Language
    first: date
    last: date
    status: Status
    created_at: datetime
    hashes: dict[str, str] = Field(description="SHA-256 of each file that can be fetched, by its ending")


class DocumentList(BaseModel):
    """Your own documents of a day, the newest first."""

    documents: list[DocumentModel]


def _said(document: Document) -> dict[str, Any]:
    plain = {name: getattr(document, name) for name in ("id", "kind", "audience", "language", "status", "created_at")}
    hashes = {"pdf": document.hash, "docx": document.word_hash}
    days = {name: document.wanted[name] for name in ("first", "last")}
    return plain | days | {"hashes": {form: each.hex() for form, each in hashes.items() if each}}


@router.get("", response_model=DocumentList)
def find(session: SessionDep, member: MemberDep) -> GeoJson:
    """Return your own documents of a day."""
    return answer({"documents": [_said(each) for each in documents.all_of(session, member)]})


@router.post("", status_code=202, response_model=DocumentModel)
def order(session: SessionDep, member: MemberDep, new: DocumentBody) -> GeoJson:
    """Let a job print a situational picture, the decisions of a period or the yearly report to the council."""
    wanted = new.wanted()
    document = documents.order(session, member, new.kind, audience=new.audience, language=new.language, wanted=wanted)
    session.refresh(document)
    return answer(_said(document), 202)


@router.get("/{reference}", response_model=DocumentModel)
def read(session: SessionDep, member: MemberDep, reference: Id) -> GeoJson:
    """Return how far one of your own documents has come."""
    return answer(_said(documents.get(session, member, reference)))


def _fetching(form: Form) -> Callable[..., Response]:
    def fetch(session: SessionDep, member: MemberDep, reference: Id) -> Response:
        document = documents.get(session, member, reference)
        content = document.content if form is Form.PDF else document.word
        if content is None:
            raise NotFound
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        headers["Content-Disposition"] = f'attachment; filename="{member.forum_slug}-{document.kind}.{form}"'
        return Response(content, media_type=MEDIA_TYPES[form], headers=headers)

    fetch.__doc__ = f"Return the file of a document that is done, as {form.upper()}."
    return fetch


for each in Form:
    router.add_api_route(
        f"/{{reference}}/file.{each}",
        _fetching(each),
        name=f"fetch_{each}",
        response_class=Response,
        responses={200: {"content": {MEDIA_TYPES[each]: {"schema": {"type": "string", "format": "binary"}}}}},
    )
