"""What a run found (mätvärden): one figure for each thing measured, with its peer's where it has one."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.timing import Times


@dataclass(frozen=True)
class Figure:
    """What one thing took on each side, in seconds; of many at once, the seconds for each."""

    what: str
    rows: int
    state: str
    ours: Times
    peer: Times | None = None
    peer_name: str = ""
    goal: float | None = None
    per_second: bool = False

    @property
    def ratio(self) -> float | None:
        """Return how many times as quick we are as the peer, by the medians."""
        return self.peer.median / self.ours.median if self.peer else None

    @property
    def reached(self) -> bool | None:
        """Tell whether the goal is reached; None where there is none."""
        return None if self.goal is None or self.ratio is None else self.ratio >= self.goal

    def said(self, seconds: float) -> str:
        """Return the time as the reader wants it: milliseconds, or how many in a second."""
        return f"{1 / seconds:,.0f}/s" if self.per_second else f"{seconds * 1000:,.1f} ms"

    def cells(self) -> tuple[str, ...]:
        """Return the figure's line of the table."""
        both = [f"{self.said(t.median)} ({self.said(t.least)})" if t else "–" for t in (self.ours, self.peer)]
        ratio = f"{self.ratio:.{1 if self.ratio > 2 else 2}f}x" if self.ratio else "–"
        goal = {None: "", True: "reached", False: "**missed**"}[self.reached]
        wanted = f"≥ {self.goal:g}x, {goal}" if self.goal is not None else "–"
        return (self.what, f"{self.rows:,}", self.state, both[0], f"{self.peer_name} {both[1]}".strip(), ratio, wanted)
