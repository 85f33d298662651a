"""The public page (offentliga sidan): what it is like, what is done, what is not known; without signing in.

It is the same for every reader, signed in or not, and tells what was published and nothing else: it may be kept by any
cache. Under `/public/embed/` alone it may stand in another site's page.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import SessionDep
from api.publications import KEPT_BY_CACHES
from dashboards import published, view
from dashboards.readers import InForum
from dashboards.view import Form, Reader, plain
from forum.work import publications

router = APIRouter()
Slug = Annotated[str, Path(max_length=40)]
FRAMED = view.HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")


@router.get("/{forum}/offentligt")
def show(request: Request, session: SessionDep, forum: Slug) -> HTMLResponse:
    """Show a forum's public page."""
    return _page(request, session, forum, "public.html")


@router.get("/public/embed/{forum}")
def embed(request: Request, session: SessionDep, forum: Slug) -> HTMLResponse:
    """Show the same to be framed by another site's page."""
    answer = _page(request, session, forum, "public_embed.html")
    answer.headers["Content-Security-Policy"] = FRAMED
    return answer


@router.post("/{forum}/offentligt")
def decide(request: Request, here: InForum, form: Form) -> Response:
    """Decide whether everybody may read the page."""
    publications.set_open(here.session, here.member, to_all=plain(form, "open") == "yes")
    return view.go(request, f"/{here.member.forum_slug}/lagesbild")


def _page(request: Request, session: SessionDep, slug: str, template: str) -> HTMLResponse:
    found = publications.open_to_all(session, slug)
    request.state.reader = Reader(demo=found.demo)
    short = found.forum.removesuffix(" trygghetsforum")
    answer = view.render(
        request,
        template,
        forum={"slug": slug, "name": found.forum, "short": short},
        shown=published.shown(found.issues, view.language_of(request)),
    )
    answer.headers["Cache-Control"] = KEPT_BY_CACHES
    return answer
