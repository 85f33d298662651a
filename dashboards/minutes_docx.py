"""Minutes as a Word document (protokoll som DOCX): the same words and tables as on paper."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from dashboards.minuted import Minutes, Section
from forum.foundation.language import N_, text
from forum.people.members import Member

FIXED = datetime(2000, 1, 1, tzinfo=UTC)
"""In place of the moment of writing, which would make each file another one."""


def written(member: Member, said: Minutes) -> bytes:
    """Return the minutes as a Word document."""
    paper = Document()
    _set_up(paper, member, said)
    paper.add_heading(said.title, 0)
    facts = [(N_("Time"), said.when), (N_("Chair"), said.chair), (N_("Present"), said.present)]
    facts += [(N_("Basis"), said.basis), (N_("Audience"), said.for_whom)]
    _table(paper, (), [(text(name, said.language), words) for name, words in facts])
    paper.add_heading(f"§ 1 {text(N_('The agenda'), said.language)}", 1)
    for line in said.opening:
        paper.add_paragraph(line)
    for section in said.sections:
        _section(paper, section, said.language)
    if said.followed:
        _followed(paper, said)
    if said.coming:
        paper.add_paragraph(f"{text(N_('Next meeting'), said.language)}: {said.coming}.")
    for message, organisation in ((N_("Written for %(organisation)s"), said.wrote), (ADJUSTED, said.adjusted)):
        paper.add_paragraph(text(message, said.language, organisation=organisation or "–"))
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


ADJUSTED = N_("Adjusted by %(organisation)s")


def _set_up(paper: Paper, member: Member, said: Minutes) -> None:
    facts = paper.core_properties
    facts.title, facts.author, facts.language = said.title, member.forum_name, said.language
    facts.created = facts.modified = FIXED
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    demo = f" · {text(N_('Invented example data'), said.language)}" if member.demo else ""
    foot = f"{member.forum_name} · {said.period} · {said.for_whom}{demo}\n{said.state} · sha256 {said.seal}"
    page.footer.paragraphs[0].text = foot
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Arial")


def _section(paper: Paper, section: Section, language: str) -> None:
    paper.add_heading(f"§ {section.nr} {section.told.title}", 1)
    for line in (*section.told.sentences, *section.note):
        paper.add_paragraph(line)
    if section.legend:
        columns = (text(N_("Category"), language), text(N_("Count"), language))
        _table(paper, columns, [(name, n) for _, _, name, n in section.legend])
    if section.decided:
        head = tuple(text(word, language) for word in (N_("Decision"), N_("What"), N_("Owner"), N_("Done by")))
        instead = N_("Replaced by: %(words)s")
        _table(paper, head, [
            (d.nr, f"{d.words}\n{text(instead, language, words=d.instead)}" if d.instead else d.words, d.owner, d.due)
            for d in section.decided
        ])  # fmt: skip
    if section.state:
        paper.add_paragraph(section.state).runs[0].bold = True


def _followed(paper: Paper, said: Minutes) -> None:
    paper.add_heading(f"§ {len(said.sections) + 2} {text(N_('Follow-up of measures'), said.language)}", 1)
    head = (N_("Measure"), N_("Place"), N_("Owner"), N_("State"), N_("Done by"))
    late = text(N_("late"), said.language)
    rows = [
        (row.title, row.place, row.owner, f"{late}, {row.state}" if row.late else row.state, row.due)
        for row in said.followed
    ]
    _table(paper, [text(word, said.language) for word in head], rows)


def _table(paper: Paper, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    rows = list(rows)
    table = paper.add_table(rows=0, cols=len(head) or len(rows[0]))
    table.style = "Light Grid" if head else "Normal Table"
    for row in ([head] if head else []) + rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    if head:
        first = paper.element.body.tbl_lst[-1].tr_lst[0].get_or_add_trPr()  # headings to those who listen, on each page
        first.append(first.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    paper.add_paragraph()
