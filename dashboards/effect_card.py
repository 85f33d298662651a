"""The effect card in words (effektkortet): its sentence, what limits it, its counts and figures, its charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import effect_plates, words
from dashboards.plates import Plate
from dashboards.readers import Here
from dashboards.shown import FOR
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.register import places
from forum.work.effects import Effect
from forum.work.measures import Measure
from mapping import cards
from mapping.cards import Card, Control
from mapping.controls import Unfit
from mapping.verdicts import Figure, Figures, Limit, Sentence

SENTENCES = {
    Sentence.FEWER: N_("There are fewer deviations than the control lets expect."),
    Sentence.FEWER_AROUND: N_("There are fewer deviations than the control lets expect, and in the ring around too."),
    Sentence.MOVED: N_("There are fewer deviations here, but more in the ring around: they may have moved."),
    Sentence.MORE: N_("There are more deviations than the control lets expect."),
    Sentence.NOT_ENOUGH: N_("The data are not enough to say whether the measure helped."),
    Sentence.UNSURE: N_("The data are not enough: dates or places without a measure show a difference too."),
    Sentence.FEW: N_("The data are not enough: there are too few deviations to compare."),
    Sentence.NO_CONTROL: N_("The data are not enough: nothing is alike enough to compare with."),
    Sentence.NOT_REACHED: N_("The data are not enough: the register does not reach far enough back."),
}
LIMITS = {
    Limit.NOT_SEASONAL: N_("Before and after are not the same calendar months: the season is in the difference."),
    Limit.PEAK: N_("The months before were worse than those before them: some of it may have fallen by itself."),
    Limit.PEAK_UNKNOWN: N_("It is not known whether the months before were unusual."),
    Limit.NO_PLACEBO: N_("The register is too young to try the comparison at dates without a measure."),
    Limit.PLACEBO: N_("Some dates without a measure show a difference too."),
    Limit.NO_ELSEWHERE: N_("There are no untouched places alike enough to try the comparison at."),
    Limit.ELSEWHERE: N_("Some places where nothing was done show a difference too."),
    Limit.WITH_RING: N_("Counted together with the ring around, the data are not enough to say that there are fewer."),
    Limit.OTHERS: N_("Something else was carried out here in these months: what did what cannot be told apart."),
    Limit.REPORTERS: N_("Other numbers of organisations reported before and after: who reports may explain a part."),
    Limit.DISPERSED: N_("The counts vary more than chance alone lets them; the interval is widened for it."),
}
WHY = {
    Unfit.TOO_FEW: N_("The place's own earlier counts are too small to compare with anything."),
    Unfit.NO_CANDIDATE: N_("There is no other place or square with enough deviations."),
    Unfit.NEAR: N_("Every other place lies so near that their rings would touch."),
    Unfit.MEASURE: N_("Something was done at every other place too."),
    Unfit.LEVEL: N_("No other place had about as many deviations before."),
    Unfit.TREND: N_("No other place went the same way before."),
}
METHOD = N_(
    "Weighted displacement difference and relative effect with 95 %% intervals, by where deviations lie; ring of "
    "%(ring)s metres. The month of the measure is in neither period. The same comparison is made at earlier dates and "
    "at places where nothing was done: there it should show nothing."
)
FOUND = N_(
    "The control is the likest of %(candidates)s places and squares in level and trend before, where nothing was done "
    "that this audience may see."
)
CHOSEN = N_("The control was chosen by hand, out of %(candidates)s places and squares.")
UNLIKE = {
    Unfit.TOO_FEW: WHY[Unfit.TOO_FEW],
    Unfit.LEVEL: N_("The control did not have about as many deviations before."),
    Unfit.TREND: N_("The control did not go the same way before."),
}
"""What speaks against a control that was chosen by hand."""
ALONE = {
    "exact": N_("The place alone, times as many a day (exact interval)"),
    "score": N_("The place alone, times as many a day (score interval)"),
}
AFTER = {3: N_("After 3 months."), 6: N_("After 6 months."), 12: N_("After 12 months.")}


@dataclass(frozen=True)
class InWords:
    """A card as a reader meets it; `said` comes first, what limits it before every figure."""

    said: str
    limits: tuple[str, ...]
    audience: str
    method: str
    control: str
    periods: tuple[str, str]
    counts: tuple[tuple[str, ...], ...]
    figures: tuple[tuple[str, str, str], ...]
    headline: str
    """How many fewer or more, with the interval; nothing where there are no figures."""
    tried: str
    """What the same comparison finds where nothing was done."""
    plates: tuple[Plate, ...]


def of_measure(measure: Measure, kept: Sequence[Effect], language: str) -> dict[str, Any] | None:
    """Return what the measure's page says of its effect and its frozen cards; None where it was not carried out."""
    days = cards.due(measure)
    if not days:
        return None
    first = min(days.values())
    waits = N_("Before and after can be compared from %(day)s.")
    return {
        "frozen": [frozen(each, language) for each in kept],
        "ready": first <= today(),
        "waits": text(waits, language, day=words.day(first, language, weekday=False)),
    }


def frozen(kept: Effect, language: str) -> dict[str, Any]:
    """Return what stands around a frozen card: what it says, for whom, since when, and whether its seal agrees."""
    return {
        "id": kept.id,
        "hash": bytes(kept.hash).hex(),
        "day": words.day(kept.made_at, language, weekday=False),
        "after": text(AFTER[kept.months], language),
        "said": text(SENTENCES[Sentence(kept.sentence)], language),
        "audience": text(FOR[kept.made_for], language),
        "reason": kept.reason,
        "intact": kept.intact,
    }


def in_words(here: Here, card: Card, language: str) -> InWords:
    """Return the card in the reader's language."""
    figures = card.weighed.figures
    return InWords(
        text(SENTENCES[card.weighed.sentence], language),
        tuple(_limits(card, language)),
        text(FOR[card.audience], language),
        _method(card, language),
        _control(here, card, language),
        _periods(figures, language) if figures else ("", ""),
        tuple(_counts(figures, language)) if figures else (),
        tuple(_figures(figures, language)) if figures else (),
        headline(figures.difference, language) if figures else "",
        _tried(figures, language) if figures else "",
        effect_plates.of(card, language),
    )


def _method(card: Card, language: str) -> str:
    """Return how the figures were found, and how the control was, where there is one."""
    said = text(METHOD, language, ring=card.ring_m)
    if card.control is None:
        return said
    how = CHOSEN if card.control.chosen else FOUND
    return f"{said} {text(how, language, candidates=words.number(card.candidates, language))}"


def spent(measure: Measure, language: str) -> str:
    """Return what the measure cost; nothing where nobody has noted it."""
    if measure.spent_kr is None:
        return ""
    sum_ = text(N_("%(n)s kr"), language, n=words.number(measure.spent_kr, language))
    return f"{sum_} ({measure.spent_on.rstrip('.')})" if measure.spent_on else sum_


def beside(measure: Measure, card: Card, language: str) -> str:
    """Return the cost beside the effect: for each deviation fewer only where the interval leaves no effect out."""
    if measure.spent_kr is None:
        return text(N_("Nobody has noted what the measure cost."), language)
    cost, figures = spent(measure, language), card.weighed.figures
    if card.weighed.sentence not in CHEAPER or figures is None or not figures.difference.estimate:
        message = N_("The measure cost %(cost)s. The data do not say that there were fewer: no cost for each is given.")
        return text(message, language, cost=cost)
    most, least = abs(figures.difference.low), abs(figures.difference.high or 0.0)
    each = {"estimate": abs(figures.difference.estimate), "low": most, "high": least}
    said = {name: words.number(_about(measure.spent_kr / n), language) for name, n in each.items()}
    message = N_(
        "The measure cost %(cost)s: about %(estimate)s kr for each deviation fewer in the months after, between "
        "%(low)s and %(high)s kr by the interval of the effect. What the effect is worth later is not in it."
    )
    return text(message, language, cost=cost, **said)


def _about(sum_: float) -> float:
    """Return a sum in hundreds where it has that many, else in whole kronor."""
    return round(sum_, -2) if sum_ >= HUNDREDS else round(sum_)


HUNDREDS = 1000
CHEAPER = (Sentence.FEWER, Sentence.FEWER_AROUND)
"""Only these say that there were fewer, and not that they have moved."""


def controls(here: Here, measure: Measure, card: Card | None, chosen: str, language: str) -> list[tuple[str, str]]:
    """Return what can be named as the control: what the rules find, each other place, and the likest squares."""
    there = places.all_of(here.session, here.member, (places.Status.OPEN, places.Status.CLOSED))
    named = [(f"place:{place.nr}", place.name) for place in there if place.id != measure.place_id]
    named += [(each.key, _square(each, language)) for each in card.others if not _nr(each.key)] if card else []
    if chosen and chosen not in dict(named):
        square = card.control if card and card.control and not _nr(chosen) else None
        named.append((chosen, _square(square, language) if square else chosen))
    return [("", text(N_("The one that the rules find"), language)), *named]


def _limits(card: Card, language: str) -> Iterator[str]:
    if card.no_control:
        yield text(WHY[card.no_control], language)
    yield from (text(LIMITS[limit], language) for limit in card.weighed.limits)
    if Limit.REPORTERS in card.weighed.limits:
        before, after = (words.number(n, language) for n in card.inputs.reporters)
        yield text(N_("Organisations that reported from here: %(n)s before, %(m)s after."), language, n=before, m=after)
    if card.control and card.control.chosen:
        yield text(N_("The control was chosen by hand, not found by the rules."), language)
    if card.control and card.control.unfit:
        yield text(UNLIKE[card.control.unfit], language)
    if card.accuracy_m and card.accuracy_m > card.ring_m:
        yield text(N_("Half of the points are known less exactly than the ring is wide."), language)


def _control(here: Here, card: Card, language: str) -> str:
    """Return what the control is called: a place by its name where the reader sees it, a square by its side."""
    if card.control is None:
        return ""
    if nr := _nr(card.control.key):
        known = {place.nr: place.name for place in places.all_of(here.session, here.member, tuple(places.Status))}
        return known.get(nr, "–")
    return _square(card.control, language)


def _nr(key: str) -> int | None:
    """Return the number of the place that a key names; None for a square's."""
    kind, _, rest = key.partition(":")
    return int(rest) if kind == "place" and rest.isdigit() else None


def _square(control: Control, language: str) -> str:
    """Return where a square lies, and how alike it was."""
    _, east, north, side = control.key.split(":")
    message = N_("a square of %(side)s metres at %(at)s (level × %(level)s, trend × %(trend)s)")
    alike = {"level": control.level, "trend": control.trend}
    said = {name: "–" if value is None else words.number(value, language, 1) for name, value in alike.items()}
    return text(message, language, side=side, at=f"E {east} N {north}", **said)


def _periods(figures: Figures, language: str) -> tuple[str, str]:
    before, after = figures.spans.before, figures.spans.after
    return words.months(before.first, before.last, language), words.months(after.first, after.last, language)


def headline(found: Figure, language: str) -> str:
    """Return how many fewer or more than the control lets expect, with the interval."""
    message = N_("%(estimate)s than the control lets expect; 95 %% interval: %(low)s to %(high)s.")
    ends = {"estimate": found.estimate or 0.0, "low": found.low, "high": found.high or 0.0}
    return text(message, language, **{name: _signed(value, language) for name, value in ends.items()})


def _signed(value: float, language: str) -> str:
    message = N_("%(n)s more") if value > 0 else N_("%(n)s fewer")
    return text(message, language, n=words.number(abs(value), language, 1))


def _tried(figures: Figures, language: str) -> str:
    message = N_(
        "The same comparison was tried where nothing was done. At %(places)s untouched places it would have claimed an "
        "effect at %(claimed)s; at %(dates)s earlier dates here, at %(dated)s."
    )
    there, then = figures.elsewhere, figures.placebo
    counts = {"places": there.asked, "claimed": there.claimed, "dates": then.asked, "dated": then.claimed}
    return text(message, language, **{name: words.number(n, language) for name, n in counts.items()})


def _counts(figures: Figures, language: str) -> Iterator[tuple[str, ...]]:
    for name, (before, after) in (
        (N_("The place"), figures.treated),
        (N_("The control"), figures.control),
        (N_("The ring around the place"), figures.ring),
        (N_("The ring around the control"), figures.ring_control),
    ):
        yield text(name, language), words.number(before, language), words.number(after, language)


def _figures(figures: Figures, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield each figure's name, value and interval."""
    alone = figures.alone.ratio if figures.alone else None
    for name, figure in (
        (N_("Difference at the place beside the control"), figures.difference),
        (N_("The same by chance alone"), figures.difference_narrow),
        (N_("Difference in the rings"), figures.around),
        (N_("Place and ring together"), figures.with_ring),
        (N_("Relative effect (above 1: better than the control)"), figures.relative),
        (N_("The relative effect by chance alone"), figures.relative_narrow),
        (ALONE[figures.alone.method] if figures.alone else ALONE["exact"], alone),
    ):
        yield (text(name, language), *_span(figure, language))
    wdq = figures.quotient.wdq if figures.quotient else None
    none = text(N_("not applicable") if figures.quotient else N_("cannot be computed"), language)
    yield text(N_("Displacement quotient"), language), none if wdq is None else words.number(wdq, language, 2), "–"
    for name, tried in (
        (N_("Dates without a measure that show a difference"), figures.placebo),
        (N_("Places where nothing was done that show a difference"), figures.elsewhere),
    ):
        yield text(name, language), text(N_("%(n)s of %(all)s"), language, n=tried.claimed, all=tried.asked), "–"


def _span(figure: Figure | None, language: str) -> tuple[str, str]:
    if figure is None or figure.estimate is None:
        return text(N_("cannot be computed"), language), "–"
    high = "∞" if figure.high is None else words.number(figure.high, language, 2)
    span = text(N_("%(low)s to %(high)s"), language, low=words.number(figure.low, language, 2), high=high)
    return words.number(figure.estimate, language, 2), span
