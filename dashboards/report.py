"""What is printed (utskrift): tagged PDF/UA on A4 with fonts of our own, and nothing fetched from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import matplotlib as mpl
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from dashboards import assets, view

FONTS = {
    "inter": assets.STATIC / "vendor" / "inter" / "inter-latin-wght-normal.woff2",
    "others": Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf",
}
"""The type of our pages, and one that has every other letter; both come with the libraries."""


class Publisher(Protocol):
    """Whose name stands on every page."""

    @property
    def forum_name(self) -> str:
        """Return the name."""
        ...

    @property
    def demo(self) -> bool:
        """Tell whether everything is invented."""
        ...


@dataclass(frozen=True)
class Paper:
    """What stands on every page of a printed thing, in the reader's words."""

    language: str
    title: str
    period: str
    audience: str
    state: str
    """Whether it is frozen or adjusted, and when."""
    seal: str
    """The SHA-256 of what is printed."""


def printed(template: str, member: Publisher, paper: Paper, **context: Any) -> bytes:
    """Return a template that extends `report.html` as a PDF; its every page names the forum and what `paper` says."""
    fonts = {name: path.as_uri() for name, path in FONTS.items()}
    context |= {"paper": paper, "language": paper.language, "member": member, "fonts": fonts}
    return pdf(view.environment().get_template(template).render(context))


def pdf(html: str) -> bytes:
    """Return a page as a tagged PDF."""
    made = HTML(string=html, url_fetcher=_ours()).write_pdf(pdf_variant="pdf/ua-1")
    assert isinstance(made, bytes)
    return made


def _ours() -> URLFetcher:
    """Return what fetches our fonts and what the page carries in itself; anything else ends the printing."""
    return URLFetcher(allowed_protocols=("data", "file"), fail_on_errors=True)
