"""The public page in words: strengths first, areas by the alphabet, no more said than the counts carry."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboards.published import shown
from forum.work.publications import Issue

GROUPS = [{"code": "lighting", "sv": "Belysning", "en": "Lighting"}, {"code": "litter", "sv": "Skräp", "en": "Litter"}]
MONTH, BEFORE = date(2026, 10, 1), date(2025, 10, 1)


def issue(month: date, *counts: list[int | None], **changes: Any) -> Issue:
    content = {"areas": ["Ängen", "Åsen", "Backen", "Östra"][: len(counts) - 1], "groups": GROUPS, "counts": counts}
    content |= {"reporters": None if counts[-1][-1] is None else 7, "measures": []}
    return Issue(month, content | changes, "ab" * 32, date(2026, 11, 8))


def done(state: str = "done", **changes: Any) -> dict[str, Any]:
    plain = {"state": state, "month": "2026-09", "area": "Åsen", "nature": "social", "kind": None, "number": 1}
    return plain | changes


def test_nothing_published_is_nothing_to_show() -> None:
    assert shown((), "sv") is None


def test_areas_stand_in_the_swedish_alphabet_and_a_withheld_count_is_none() -> None:
    lines: list[list[int | None]] = [[5, None, 9], [None, None, None], [5, None, 8], [None, None, 6], [20, 8, 28]]
    page = shown((issue(MONTH, *lines),), "sv")
    assert page is not None
    assert [name for name, _ in page.table.rows] == ["Backen", "Åsen", "Ängen", "Östra"]
    assert page.table.rows[2] == ("Ängen", ("5", None, "9"))
    assert page.table.totals == ("20", "8", "28")
    assert (page.month, page.made, page.short_hash) == ("oktober 2026", "8 nov 2026", "abab abab … abab abab")


def test_what_was_done_and_what_became_less_come_first_and_what_became_more_after_the_sum() -> None:
    measures = [done(number=3), done("under_way"), done("promised", number=2)]
    now, then = issue(MONTH, [10, 60, 70], measures=measures), issue(BEFORE, [40, 20, 60])
    page = shown((now, then), "en")
    assert page is not None
    assert page.strengths == (
        "Measures carried out in a year: 3.",
        "Measures under way or promised: 3.",
        "Lighting: fewer than in the same month last year, 10 against 40.",
    )
    assert page.counted == (
        "70 deviations in October 2026, registered by 7 organisations.",
        "Chance alone can explain the difference from the same month last year, 60.",
        "Litter: more than in the same month last year, 60 against 20.",
    )


def test_nothing_is_compared_with_what_is_not_shown() -> None:
    page = shown((issue(MONTH, [None, 60, 70]), issue(BEFORE, [40, None, None])), "en")
    assert page is not None
    assert page.strengths == ()
    assert page.counted[1:] == ("There is no published count of the same month last year to compare with.",)


def test_a_month_without_any_count_says_so() -> None:
    page = shown((issue(MONTH, [None, None, None]),), "sv")
    assert page is not None
    assert page.counted == ("I oktober 2026 registrerades så lite att inget tal visas.",)
    assert page.plate is None


def test_the_series_has_the_months_that_are_shown_and_its_table_all() -> None:
    september = issue(date(2026, 9, 1), [None, None, None])
    page = shown((issue(MONTH, [5, 5, 30]), september, issue(date(2026, 8, 1), [9, 9, 25])), "sv")
    assert page is not None
    assert page.plate is not None
    assert page.plate.rows == (
        ("augusti 2026", "25", "7"),
        ("september 2026", "–", "–"),
        ("oktober 2026", "30", "7"),
    )
    assert "sep 26" not in page.plate.svg
    assert "aug 26" in page.plate.svg


def test_measures_are_told_by_kind_area_and_month() -> None:
    measures = [
        done(kind="pruning", number=2),
        done("promised", area=None, month="2026-12"),
        done("under_way", nature="physical"),
    ]
    page = shown((issue(MONTH, [9, 9, 18], measures=measures),), "sv")
    assert page is not None
    assert [(told.heading, told.measures) for told in page.work] == [
        ("Klart", ("2 × Beskär buskar och träd, Åsen, september 2026",)),
        ("Pågår", ("Situationell, fysisk, Åsen, senast september 2026",)),
        ("Lovat", ("Social, riktad, senast december 2026",)),
    ]
