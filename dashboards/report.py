"""Pictures on paper (utskrift): tagged PDF/UA on A4 with fonts of our own, and nothing fetched from anywhere."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from dashboards import assets, view
from dashboards.shown import Shown
from forum.people.members import Member

FONTS = {
    "inter": assets.STATIC / "vendor" / "inter" / "inter-latin-wght-normal.woff2",
    "others": Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf",
}
"""The type of our pages, and one that has every other letter; both come with the libraries."""


def pdf_of(member: Member, shown: Shown) -> bytes:
    """Return the picture as a PDF whose every page names forum, period, audience and hash."""
    made = HTML(string=page_of(member, shown), url_fetcher=_ours()).write_pdf(pdf_variant="pdf/ua-1")
    assert isinstance(made, bytes)
    return made


def page_of(member: Member, shown: Shown) -> str:
    """Return the page that is printed."""
    fonts = {name: path.as_uri() for name, path in FONTS.items()}
    context = {"shown": shown, "language": shown.language, "member": member, "fonts": fonts}
    return view.environment().get_template("report.html").render(context)


def _ours() -> URLFetcher:
    """Return what fetches our fonts and what the page carries in itself; anything else ends the printing."""
    return URLFetcher(allowed_protocols=("data", "file"), fail_on_errors=True)
