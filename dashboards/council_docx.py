"""The yearly report as a Word document (årsrapport som DOCX): the same words and tables as on paper."""

from __future__ import annotations

from dashboards import office
from dashboards.report import Paper
from dashboards.yearly import Report
from forum.people.members import Member


def written(member: Member, paper: Paper, said: Report) -> bytes:
    """Return the report as a Word document."""
    document = office.begun(member, paper)
    for part in said.parts:
        document.add_heading(part.heading, 1)
        for sentence in part.sentences:
            document.add_paragraph(sentence)
        if part.rows:
            office.table(document, part.head, part.rows)
        if part.note:
            document.add_paragraph(part.note)
    return office.bytes_of(document)
