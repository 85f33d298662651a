"""The same here again (samma igen): one press on a receipt or on a deviation's page, saved at once, with undo."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import reference_of
from api.errors import status_of
from dashboards import mark, view
from dashboards.one import page_of
from dashboards.readers import InForum
from dashboards.view import Form
from forum.foundation.errors import Conflict, ForumError
from forum.register import deviations
from forum.register.again import register_again

router = APIRouter()


@router.post("/{forum}/marka/{nr}/igen")
def again(request: Request, here: InForum, nr: str, form: Form) -> Response:
    """Register the same here again, and lead to its receipt; sent twice it is registered once."""
    session, member = here.session, here.member
    earlier, client_id = deviations.get(session, member, reference_of(nr)), mark.client_id_of(form)
    try:
        deviation = register_again(session, member, earlier, client_id=client_id, at=mark.chosen_at(form)).deviation
    except ForumError as error:
        session.rollback()
        if not (isinstance(error, Conflict) and error.field == "id"):
            context = page_of(request, here, reference_of(nr), error=error)
            return view.render(request, "deviation.html", status=status_of(error), **context)
        deviation = deviations.get(session, member, client_id)
    return view.go(request, f"/{member.forum_slug}/marka/{deviation.nr}")
