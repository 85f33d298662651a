"""Minutes as a Word document (protokoll som DOCX): the same words and tables as on paper."""

from __future__ import annotations

from docx.document import Document

from dashboards import office
from dashboards.minuted import Minutes, Section
from dashboards.report import Paper
from forum.foundation.language import N_, text
from forum.people.members import Member


def written(member: Member, said: Minutes) -> bytes:
    """Return the minutes as a Word document."""
    stated = Paper(said.language, said.title, said.period, said.for_whom, said.state, said.seal)
    paper = office.begun(member, stated)
    facts = [(N_("Time"), said.when), (N_("Chair"), said.chair), (N_("Present"), said.present)]
    facts += [(N_("Basis"), said.basis), (N_("Audience"), said.for_whom)]
    office.table(paper, (), [(text(name, said.language), words) for name, words in facts])
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
    return office.bytes_of(paper)


ADJUSTED = N_("Adjusted by %(organisation)s")


def _section(paper: Document, section: Section, language: str) -> None:
    paper.add_heading(f"§ {section.nr} {section.told.title}", 1)
    for line in (*section.told.sentences, *section.note):
        paper.add_paragraph(line)
    if section.legend:
        columns = (text(N_("Category"), language), text(N_("Count"), language))
        office.table(paper, columns, [(name, n) for _, _, name, n in section.legend])
    if section.decided:
        head = tuple(text(word, language) for word in (N_("Decision"), N_("What"), N_("Owner"), N_("Done by")))
        instead = N_("Replaced by: %(words)s")
        office.table(paper, head, [
            (d.nr, f"{d.words}\n{text(instead, language, words=d.instead)}" if d.instead else d.words, d.owner, d.due)
            for d in section.decided
        ])  # fmt: skip
    if section.state:
        paper.add_paragraph(section.state).runs[0].bold = True


def _followed(paper: Document, said: Minutes) -> None:
    paper.add_heading(f"§ {len(said.sections) + 2} {text(N_('Follow-up of measures'), said.language)}", 1)
    head = (N_("Measure"), N_("Place"), N_("Owner"), N_("State"), N_("Done by"))
    late = text(N_("late"), said.language)
    rows = [
        (row.title, row.place, row.owner, f"{late}, {row.state}" if row.late else row.state, row.due)
        for row in said.followed
    ]
    office.table(paper, [text(word, said.language) for word in head], rows)
