"""The public page as residents meet it: on one sheet of paper, in another site's page, without a script."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pypdfium2
import pytest
from playwright.sync_api import Browser, expect


def test_it_is_read_without_a_script_and_prints_on_one_sheet(chromium: Browser, live: str) -> None:
    context = chromium.new_context(base_url=live, java_script_enabled=False)
    page = context.new_page()
    page.goto("/farsta/offentligt")
    assert page.locator("h2").all_text_contents() == ["Hur är det här?", "Vad görs?", "Vad vet vi inte?"]
    page.locator("summary").click()
    expect(page.locator("details table")).to_be_visible()
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    try:
        assert len(paper) == 1
    finally:
        paper.close()
    context.close()


class Site(BaseHTTPRequestHandler):
    """Another site, whose page frames what its address asks for."""

    def do_GET(self) -> None:
        """Answer with the page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<!doctype html><iframe src="{self.path[1:]}"></iframe>'.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """Run the other site."""
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_another_site_frames_the_embedded_page_and_no_other(chromium: Browser, live: str, site: str) -> None:
    page = chromium.new_page()
    for path, headings in (("/public/embed/farsta", ["Tryggheten i Farsta"]), ("/farsta/offentligt", [])):
        page.goto(f"{site}/{live}{path}")
        framed = page.frames[1].locator("h1")
        assert [words for words in framed.all_text_contents() if "Farsta" in words] == headings
    page.close()
