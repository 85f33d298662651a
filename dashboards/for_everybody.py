"""A picture for everybody in words (lägesbild för alla): sums of published counts, and how many months each lacks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboards import words
from dashboards.plates import Plate
from dashboards.published import LIMITS, NOT_SHOWN, in_order
from dashboards.sentences import Said
from forum.foundation.language import N_, text
from mapping import charts
from mapping.charts import Bar, Width
from mapping.counts import interval
from mapping.public_picture import PublicPicture, Sum


def first(found: PublicPicture, language: str) -> list[Said]:
    """Return what was published all together, and of which months nothing was."""
    said = []
    if found.months:
        message = N_("Published months: %(months)s. Deviations in them: %(n)s.")
        told = {
            name: words.number(n, language) for name, n in (("n", found.total.count), ("months", len(found.months)))
        }
        said.append(Said(text(message, language, **told), ("/total/count",)))
    else:
        said.append(Said(text(N_("Of this period nothing is published."), language)))
    if found.lacking:
        lacking = ", ".join(_month(key, language) for key in found.lacking)
        message = N_("Not counted, since they are not published or lie partly outside: %(months)s.")
        said.append(Said(text(message, language, months=lacking)))
    return said


def unknown(language: str) -> list[Said]:
    """Return what nobody can read from it."""
    return [Said(text(limit, language)) for limit in LIMITS]


def plates(found: PublicPicture, language: str) -> list[Plate]:
    """Return the months, the category groups and the areas, these by the alphabet."""
    if not found.months:
        return []
    groups = [(part.names[language], part.sum) for part in found.groups]
    areas = in_order([(part.key, part.sum) for part in found.areas])
    return [
        _months(found, language),
        _sums("categories", N_("What"), groups, language),
        _sums("areas", N_("Where"), areas, language),
    ]


def _months(found: PublicPicture, language: str) -> Plate:
    counted = [(each.key, each.count) for each in found.months if each.count is not None]
    bars = tuple(Bar(_month(key, language)[:3], n, *interval(n), now=True) for key, n in counted)
    drawn, slim = (charts.months(bars, width) if bars else "" for width in Width)
    head = tuple(text(word, language) for word in (N_("Month"), N_("Deviations"), N_("Reported")))
    rows = tuple(
        (_month(each.key, language), *(_number(n, language) for n in (each.count, each.reporters)))
        for each in found.months
    )
    said = Said(text(N_("Deviations in each month, as they were published"), language))
    method = text(N_("Count of each month with its 95 % interval. Months that are not shown are left out."), language)
    note = text(N_("Reported: how many organisations. A trend measures who reports as well."), language)
    heading = text(N_("Month by month"), language)
    return Plate("months", heading, said, method, drawn, said.text, head, rows, note, slim)


def _sums(name: str, heading: str, parts: Sequence[tuple[str, Sum]], language: str) -> Plate:
    head = tuple(text(word, language) for word in (heading, N_("Deviations"), N_("Months not shown")))
    rows = tuple((called, _number(each.count or None, language), str(each.withheld)) for called, each in parts)
    said = Said(text(N_("Sums of the months that show the count"), language))
    method = text(N_("A month that does not show a count is left out of its sum: there may have been none."), language)
    return Plate(name, text(heading, language), said, method, "", "", head, rows)


def _number(value: int | None, language: str) -> str:
    return NOT_SHOWN if value is None else words.number(value, language)


def _month(key: str, language: str) -> str:
    return words.month(date.fromisoformat(f"{key}-01"), language)
