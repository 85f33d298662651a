"""A decision in one line: who, what and until when."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from forum.people.organisations import Organisation
from forum.work import lines

TODAY = date(2023, 10, 18)
CITY, POLICE, HOMES, HOUSES = (uuid4() for _ in range(4))
PARTNERS = [
    Organisation(id=reference, name=name)
    for reference, name in (
        (CITY, "Stadsdelsförvaltningen"), (POLICE, "Polisen"), (HOMES, "Bostadsbolaget"),
        (HOUSES, "Bostadsbolaget Söder"),
    )
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "words", "owner", "due"),
    [
        ("Bostadsbolaget, belysning på gångvägen, 15 dec", "Belysning på gångvägen", HOMES, date(2023, 12, 15)),
        ("15 dec, bostadsbolaget söder, belysning", "Belysning", HOUSES, date(2023, 12, 15)),
        ("pol, gå förbi varje kväll, fr 27 oktober", "Gå förbi varje kväll", POLICE, date(2023, 10, 27)),
        ("Beskär buskar, skylt, stadsdelen", "Beskär buskar, skylt, stadsdelen", None, None),
        ("Frågan tas upp i november", "Frågan tas upp i november", None, None),
        ("bosta, laga grinden, om 2 veckor", "Bosta, laga grinden", None, date(2023, 11, 1)),  # two begin so
        ("Polisen, Bostadsbolaget, vandra, 9/11", "Bostadsbolaget, vandra", POLICE, date(2023, 11, 9)),
    ],
)  # fmt: skip
def test_what_a_line_says(line: str, words: str, owner: UUID | None, due: date | None) -> None:
    assert lines.read(line, PARTNERS, TODAY) == lines.Line(words, owner, due)
