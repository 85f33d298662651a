"""Deviations as a file over HTTP (uttag): the list's rows to its end in five formats, for a stated audience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator

from api.deps import MemberDep, SessionDep
from api.errors import language_of
from api.filters import PARAMETERS, filter_of
from api.reading import JsonRoute
from forum.foundation.audience import Audience
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import exports
from forum.register.finding import Filter
from mapping.files.exports import MEDIA_TYPES, Form, written

router = APIRouter(prefix="/api/v1/forums/{forum}", tags=["deviations"], route_class=JsonRoute)
BLOCK = 1 << 16
NAME = N_("%(forum)s-deviations-%(day)s-%(whom)s")
FOR = {
    Audience.FORUM: N_("for-the-forum"),
    Audience.AUTHORITIES: N_("for-authorities"),
    None: N_("for-me-alone"),
}
"""For whom a file is, as its name says."""
ABOUT = "For whom the file is: it holds what all of them may see, and says so. Without it, it is for yourself alone."
AudienceDep = Annotated[Audience | None, BeforeValidator(lambda given: given or None), Query(description=ABOUT)]


def wanted_of(request: Request) -> Filter:
    """Return the filter of the address; nothing is cut off, so there is no paging."""
    return filter_of(request.query_params, also=("audience",))


FilterDep = Annotated[Filter, Depends(wanted_of)]


def _route(form: Form) -> Callable[..., StreamingResponse]:
    def export(
        request: Request, session: SessionDep, member: MemberDep, wanted: FilterDep, audience: AudienceDep = None
    ) -> StreamingResponse:
        write = partial(written, form)
        file = exports.hand_out(session, member, wanted, write, audience=audience, form=form)
        return answer(file, form, name_of(member, form, audience, language_of(request)))

    export.__doc__ = f"Export deviations as {form.upper()}: all that the filters want, the newest first."
    return export


def answer(file: BinaryIO, form: Form, name: str) -> StreamingResponse:
    """Answer with the file, to be saved under the name."""
    size = file.seek(0, 2)
    file.seek(0)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_blocks(file), media_type=MEDIA_TYPES[form], headers=headers)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK):
            yield block


def name_of(member: Member, form: Form, audience: Audience | None, language: str) -> str:
    """Return the file's name: forum, day, and for whom it is."""
    words = {"forum": member.forum_slug, "day": today().isoformat(), "whom": text(FOR[audience], language)}
    return f"{text(NAME, language, **words)}.{form}"


def _described(form: Form) -> dict[int | str, dict[str, Any]]:
    media_type = MEDIA_TYPES[form].partition(";")[0]
    return {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}


for each in Form:
    router.add_api_route(
        f"/deviations.{each}",
        _route(each),
        name=f"export_{each}",
        response_class=StreamingResponse,
        responses=_described(each),
        openapi_extra={"parameters": PARAMETERS},
    )
