"""Untouched places (orörda platser): nothing was done there, and they are compared all the same, as a test. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log

from mapping.controls import LEAST, Candidate, find
from mapping.grounds import Ground
from mapping.monthly import RING_M, Counter
from mapping.spans import Untouched

MOST = 20
"""So many are tried at most, those first whose level is most like the treated place's."""


def untouched(
    counter: Counter, found: Sequence[tuple[Ground, Candidate]], treated: Sequence[int]
) -> tuple[Untouched, ...]:
    """Return places and squares where nothing was done, each with the control that the card's own rules find for it.

    Parameters
    ----------
    counter : Counter
        Of the card.
    found : sequence of (Ground, Candidate)
        All that were looked at for the treated place's control.
    treated : sequence of int, length n
        Its months before the measure.

    Returns
    -------
    tuple of Untouched
        None lies at another, and none, nor its control, so near the treated place that their rings would touch.

    Notes
    -----
    Placebo tests in space: what a method finds where there is nothing to find (Abadie, Diamond and Hainmueller 2010,
    Journal of the American Statistical Association 105).
    """
    free = [(ground, each) for ground, each in found if each.distance_m > 2 * RING_M and not each.measured]
    made: list[Untouched] = []
    for ground, each in _apart(free, max(sum(treated), 1)):
        if len(made) == MOST:
            break
        others = {other.key: other for other, _ in free if other is not ground}
        asked = [replace(c, distance_m=others[c.key].to(ground)) for _, c in free if c.key in others]
        fit = find(each.months, asked, ring_m=RING_M).fit
        if fit:
            both = ground, others[fit[0].key]
            made.append(Untouched(each.key, *(counter.series(counter.around(where)[0]) for where in both)))
    return tuple(made)


def _apart(free: Sequence[tuple[Ground, Candidate]], level: int) -> Iterator[tuple[Ground, Candidate]]:
    """Yield those with enough in them, the likest in level first, each that touches none before it."""
    enough = [(ground, each) for ground, each in free if sum(each.months) >= LEAST]
    chosen: list[Ground] = []
    for ground, each in sorted(enough, key=lambda pair: (abs(log(sum(pair[1].months) / level)), pair[1].key)):
        if all(ground.to(other) > 0 for other in chosen):
            chosen.append(ground)
            yield ground, each
