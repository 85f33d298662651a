"""Taking times (tidtagning): the sides in turn, so that what else the machine does meets them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

OURS, PEER = "ours", "peer"


@dataclass(frozen=True)
class Times:
    """What one side took, in seconds, in the order of the rounds."""

    seconds: Sequence[float]

    @property
    def median(self) -> float:
        """Return the middle one."""
        return median(self.seconds)

    @property
    def least(self) -> float:
        """Return the shortest."""
        return min(self.seconds)


def in_turn(rounds: int, sides: Mapping[str, Callable[[], float]]) -> dict[str, Times]:
    """Return what each side took; who begins changes from round to round."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        names = list(sides) if number % 2 == 0 else list(sides)[::-1]
        for name in names:
            taken[name].append(sides[name]())
    return {name: Times(seconds) for name, seconds in taken.items()}
