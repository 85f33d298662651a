"""Without a network (utan nät): the worker that keeps the form at hand, and the page for all that it does not keep."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from dashboards import assets, view

router = APIRouter()

WORKER = Path(__file__).parent / "worker" / "service-worker.js"
PAGES = ("/utan-nat", "/en/utan-nat")


@router.get("/service-worker.js")
def worker() -> Response:
    """Answer with the worker's script, headed by the version and the files that it keeps."""
    shell = {"version": assets.version(), "base": assets.base(), "files": [*assets.loaded(), *PAGES]}
    source = f"const SHELL = {json.dumps(shell)};\n\n{WORKER.read_text('utf-8')}"
    return Response(source, media_type="text/javascript", headers={**view.HEADERS, "Cache-Control": "no-cache"})


@router.get("/utan-nat")
def no_network(request: Request) -> HTMLResponse:
    """Show what can be done without a network; the page is the same for everybody, since the device keeps it."""
    return view.render(request, "offline.html")
