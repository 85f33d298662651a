"""Perceived insecurity beside reported offences (upplevt och anmält): four quadrants, or *too few to say*. Pure.

The two can diverge, and neither is the truth of the other. An area or a place is put on a side of the whole only where
the exact interval of its own figure leaves the whole's out; nothing is ranked, and the order is that of the keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import betaincinv

from mapping.counts import DECIMALS, interval

ALPHA = 0.05
"""How often anything on one axis is put on a side by chance: shared by all that are compared (Bonferroni)."""
LEAST = 30
"""Respondents below which a share is placed nowhere."""


class Side(StrEnum):
    """Where a figure lies beside that of the whole."""

    HIGH = "high"
    LOW = "low"
    UNTOLD = "untold"
    """The interval holds the whole's figure: too few to say."""
    FEW = "few"
    """Fewer have answered than a share needs."""
    MISSING = "missing"


class Quadrant(StrEnum):
    """What both figures say together."""

    BOTH = "both"
    PERCEIVED = "perceived"
    REPORTED = "reported"
    NEITHER = "neither"
    UNTOLD = "untold"


QUADRANTS = {
    (Side.HIGH, Side.HIGH): Quadrant.BOTH,
    (Side.HIGH, Side.LOW): Quadrant.PERCEIVED,
    (Side.LOW, Side.HIGH): Quadrant.REPORTED,
    (Side.LOW, Side.LOW): Quadrant.NEITHER,
}
"""By the side of what is perceived, then of what is reported."""


@dataclass(frozen=True)
class Share:
    """A share of so many respondents, with the interval that its source gives, where it gives one."""

    share: float
    respondents: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Counted:
    """A count, and what it is counted over: inhabitants, or 1 for a place."""

    count: int
    over: float = 1.0


@dataclass(frozen=True)
class Level:
    """A figure with its interval beside that of the whole; `n` is how many have answered, or the count itself."""

    value: float
    low: float
    high: float
    whole: float
    n: int
    side: Side


@dataclass(frozen=True)
class Placed:
    """One area or place: its two figures, None where one is missing, and its quadrant."""

    key: str
    quadrant: Quadrant
    perceived: Level | None
    reported: Level | None

    @property
    def sides(self) -> tuple[Side, Side]:
        """Return the side of each figure, the reason why there is no quadrant."""
        first, second = ((level.side if level else Side.MISSING) for level in (self.perceived, self.reported))
        return first, second


def share_interval(share: float, n: float, *, alpha: float = ALPHA) -> tuple[float, float]:
    """Return the exact interval of a share.

    Parameters
    ----------
    share : float
        From 0 to 1; times n it need not be whole, since published shares are rounded.
    n : float
        Respondents; above 0.
    alpha : float
        One less the coverage.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        For a share outside 0 to 1, or no respondents.

    Notes
    -----
    Clopper and Pearson 1934 (Biometrika 26:404-413): the alpha/2 quantile of Beta(k, n - k + 1) and the 1 - alpha/2
    quantile of Beta(k + 1, n - k), k = share * n.
    """
    if not 0 <= share <= 1 or not n > 0:
        raise ValueError(f"a share of {share} of {n}")
    k = share * n
    low = float(betaincinv(k, n - k + 1, alpha / 2)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - alpha / 2)) if k < n else 1.0
    return low, high


def compare_areas(
    perceived: Mapping[str, Share], reported: Mapping[str, Counted], *, alpha: float = ALPHA, least: int = LEAST
) -> tuple[Placed, ...]:
    """Return each area's place beside the areas as a whole.

    Parameters
    ----------
    perceived : mapping of str to Share
        Share of insecure respondents by area.
    reported : mapping of str to Counted
        Reported offences by area, over inhabitants.
    alpha, least : float, int
        Shared by the comparisons of one axis; respondents below which a share is not placed.

    Returns
    -------
    tuple of Placed
        By key, one for each area that either mapping has.

    Raises
    ------
    ValueError
        For a share outside 0 to 1, no respondents, a count below 0, or nothing that it is counted over.

    Notes
    -----
    The whole is all respondents together, and all offences over all inhabitants. An interval that the source gives
    widens the exact one: it knows how the sample was drawn.
    """
    return _placed(_shares(perceived, alpha, least), _rates(reported, alpha))


def compare_places(
    unease: Mapping[str, int], offences: Mapping[str, int], *, alpha: float = ALPHA
) -> tuple[Placed, ...]:
    """Return each place's quadrant: what is felt there and what happens there beside the mean of the places.

    Parameters
    ----------
    unease, offences : mapping of str to int
        Deviations that tell of unease, and of offences, by place; a place that has none has 0.
    alpha : float
        Shared by the comparisons of one axis.

    Returns
    -------
    tuple of Placed
        By key.

    Raises
    ------
    ValueError
        For a count below 0.
    """
    both = ({key: Counted(n) for key, n in counts.items()} for counts in (unease, offences))
    first, second = (_rates(counts, alpha) for counts in both)
    return _placed(first, second)


def _shares(given: Mapping[str, Share], alpha: float, least: int) -> dict[str, Level]:
    answers = sum(each.respondents for each in given.values())
    whole = sum(each.share * each.respondents for each in given.values()) / answers if answers else 0.0
    return {key: _share(each, whole, alpha / len(given), least) for key, each in given.items()}


def _share(given: Share, whole: float, alpha: float, least: int) -> Level:
    low, high = share_interval(given.share, given.respondents, alpha=alpha)
    low, high = min(low, given.low if given.low is not None else low), max(high, given.high or high)
    side = Side.FEW if given.respondents < least else _side(low, high, whole)
    return _level((given.share, low, high, whole), given.respondents, side)


def _rates(given: Mapping[str, Counted], alpha: float) -> dict[str, Level]:
    if any(not each.over > 0 for each in given.values()):
        raise ValueError("nothing that it is counted over")
    over = sum(each.over for each in given.values())
    whole = sum(each.count for each in given.values()) / over if over else 0.0
    return {key: _rate(each, whole, alpha / len(given)) for key, each in given.items()}


def _rate(given: Counted, whole: float, alpha: float) -> Level:
    low, high = (limit / given.over for limit in interval(given.count, alpha=alpha))
    return _level((given.count / given.over, low, high, whole), given.count, _side(low, high, whole))


def _side(low: float, high: float, whole: float) -> Side:
    return Side.HIGH if low > whole else Side.LOW if high < whole else Side.UNTOLD


def _level(figures: tuple[float, float, float, float], n: int, side: Side) -> Level:
    value, low, high, whole = (round(each, DECIMALS + 4) for each in figures)
    return Level(value, low, high, whole, n, side)


def _placed(perceived: Mapping[str, Level], reported: Mapping[str, Level]) -> tuple[Placed, ...]:
    made = []
    for key in sorted({*perceived, *reported}):
        first, second = perceived.get(key), reported.get(key)
        sides = (first.side if first else Side.MISSING, second.side if second else Side.MISSING)
        made.append(Placed(key, QUADRANTS.get(sides, Quadrant.UNTOLD), first, second))
    return tuple(made)
