"""What is said of the demo's areas from outside (demons mätningar): insecurity and offences, invented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forum.demo.tables import table
from forum.demo.work import Work
from forum.register import surveys
from forum.register.surveys import Figure, Kind


def build(work: Work) -> None:
    """Bring in the figures of last year, and of two years before."""
    surveys.take(work.session, work.acting(), _figures(work.today.year - 1))


def _figures(year: int) -> Iterator[Figure]:
    given = table("surveys")
    for area in given["area"]:
        for when, share in ((year - 2, area["earlier"]), (year, area["share"])):
            yield _figure(Kind.PERCEIVED, area["name"], when, share=share, respondents=area["answers"])
        if "offences" in area:
            yield _figure(Kind.REPORTED, area["name"], year, count=area["offences"], population=area["people"])


def _figure(kind: Kind, area: str, year: int, **values: Any) -> Figure:
    words = table("surveys")[kind]
    return Figure(kind=kind, area=area, year=year, **words, **values)
