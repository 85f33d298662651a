"""The wheel of the year on the picture's page: said, drawn and tabled; or why there is none."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from tests.builders import World, mark
from tests.dashboards.conftest import BrowserOf

ROOM = "/farsta/lagesbild?from=2023-10-01&until=2023-10-31"


def test_the_year_has_its_sentence_its_kinds_of_days_and_a_row_for_each_month(
    browser_of: BrowserOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    with sessions() as session:
        officer = lasting.acting(session, "officer")
        for moment, n in (("2022-11-01T12:00", 1), ("2023-03-04T12:00", 4), ("2023-10-30T12:00", 24)):
            for _ in range(n):
                mark(session, officer, occurred_from=clock.to_utc(moment, "at"))
        session.commit()
    teacher = browser_of("teacher")
    page = teacher.get(ROOM)
    assert 'id="wheel-head"' not in page
    assert "Hur året går runt: det finns för få avvikelser" in page
    with sessions() as session:
        mark(session, lasting.acting(session, "officer"), occurred_from=clock.to_utc("2023-10-30T12:00", "at"))
        session.commit()
    page = teacher.get(ROOM)
    plate = re.search(r'id="wheel-head".*?</section>', page, re.DOTALL)
    assert plate
    assert "Hur året går runt" not in page
    assert "Mest i oktober: 25 på 31 dagar" in plate[0]
    assert "Mindre än två år ingår" in plate[0]
    rows = re.findall(r"<tr>(.*?)</tr>", plate[0].partition("<tbody>")[2], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in rows]
    assert [row[0] for row in cells][:5] == [
        "Skoldagar", "Vardagar utan skola", "Lördagar och söndagar", "Helgdagar och aftnar", "januari",
    ]  # fmt: skip
    assert (len(cells), sum(int(row[1]) for row in cells[:4]), sum(int(row[1]) for row in cells[4:])) == (16, 30, 30)
    assert cells[13][:4] == ["oktober", "25", "16–37", "31"]
    assert (cells[14][0], cells[14][6]) == ("november", "höstlov, Alla helgons dag")
    english = re.search(r'id="wheel-head".*?</section>', teacher.get(f"/en{ROOM}"), re.DOTALL)
    assert english
    assert "Most in October: 25 in 31 days" in english[0]
    assert "Weekdays without school" in english[0]
