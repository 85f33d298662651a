"""Word documents of ours (DOCX): how each begins, its tables, its bytes; the same bytes for the same words."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from dashboards.report import Paper, Publisher
from forum.foundation.language import N_, text

FIXED = datetime(2000, 1, 1, tzinfo=UTC)
"""In place of the moment of writing, which would make each file another one."""


def begun(member: Publisher, paper: Paper) -> Document:
    """Return a document on A4 with its title, its language, and what stands on every page."""
    document = docx.Document()
    facts = document.core_properties
    facts.title, facts.author, facts.language = paper.title, member.forum_name, paper.language
    facts.created = facts.modified = FIXED
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    demo = f" · {text(N_('Invented example data'), paper.language)}" if member.demo else ""
    foot = f"{member.forum_name} · {paper.period} · {paper.audience}{demo}\n{paper.state} · sha256 {paper.seal}"
    page.footer.paragraphs[0].text = foot
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Arial")
    document.add_heading(paper.title, 0)
    return document


def table(document: Document, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Append a table; its headings come again on each page and are told to those who listen."""
    rows = list(rows)
    made = document.add_table(rows=0, cols=len(head) or len(rows[0]))
    made.style = "Light Grid" if head else "Normal Table"
    for row in ([head] if head else []) + rows:
        for cell, words in zip(made.add_row().cells, row, strict=True):
            cell.text = words
    if head:
        first = document.element.body.tbl_lst[-1].tr_lst[0].get_or_add_trPr()
        first.append(first.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    document.add_paragraph()


def bytes_of(document: Document) -> bytes:
    """Return the document as a file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
