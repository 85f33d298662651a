"""What the figures of a picture say (satserna): sentences in both languages, each filled from the figures themselves.

A sentence takes its numbers by their places in the picture's JSON, and keeps those places: whoever doubts it can look
them up. It says *more* or *fewer* only where the comparison's interval does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards import words
from forum.foundation.language import N_, text
from mapping.counts import Verdict

THEN = {"last_year": N_("the same period last year"), "previous": N_("the period before")}
WHOLE = {
    Verdict.MORE: N_(
        "There are more deviations than in %(then)s: "
        "%(now)s against %(before)s, %(ratio)s times as many a day (95 %% interval %(low)s to %(high)s)."
    ),
    Verdict.FEWER: N_(
        "There are fewer deviations than in %(then)s: "
        "%(now)s against %(before)s, %(ratio)s times as many a day (95 %% interval %(low)s to %(high)s)."
    ),
    Verdict.ALIKE: N_(
        "Chance alone can explain the difference from %(then)s: "
        "%(now)s against %(before)s, %(ratio)s times as many a day (95 %% interval %(low)s to %(high)s)."
    ),
    Verdict.TOO_FEW: N_("There are too few to tell a difference from %(then)s: %(now)s against %(before)s."),
    Verdict.NOT_COVERED: N_("There is no comparison with %(then)s: the register begins on %(day)s."),
}
"""Of everything together, by what its comparison says."""
PART = {
    Verdict.MORE: N_("%(name)s: more than in %(then)s, %(now)s against %(before)s"),
    Verdict.FEWER: N_("%(name)s: fewer than in %(then)s, %(now)s against %(before)s"),
}
VERDICTS = {
    Verdict.MORE: N_("more"),
    Verdict.FEWER: N_("fewer"),
    Verdict.ALIKE: N_("within chance"),
    Verdict.TOO_FEW: N_("too few to tell"),
    Verdict.NOT_COVERED: N_("not comparable"),
}
FROM_NOTHING = N_("There are more deviations than in %(then)s: %(now)s against %(before)s.")
"""There is no ratio to nothing."""
WITH_WHEEL = 3
"""Pictures of this version and later have a wheel of the year where there is enough for one."""
DAYS = (
    N_("on Mondays"), N_("on Tuesdays"), N_("on Wednesdays"), N_("on Thursdays"), N_("on Fridays"), N_("on Saturdays"),
    N_("on Sundays"),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A sentence, and where in the picture's JSON each of its numbers stands."""

    text: str
    figures: tuple[str, ...] = ()


class Speaker:
    """Says what stands in one picture, in one language."""

    def __init__(self, plain: Mapping[str, Any], language: str) -> None:
        self.plain, self.language = plain, language

    def figure(self, place: str) -> Any:
        """Return what stands at a place of the JSON, such as /total/count."""
        found: Any = self.plain
        for step in place.strip("/").split("/"):
            found = found[int(step)] if isinstance(found, list) else found[step]
        return found

    def say(self, message: str, named: Mapping[str, str] | None = None, **places: str) -> Said:
        """Return the sentence with the figures that stand at the places, and with the names that it is given."""
        numbers = {name: self._number(self.figure(place)) for name, place in places.items()}
        return Said(text(message, self.language, **numbers, **(named or {})), tuple(places.values()))

    def _number(self, value: Any) -> str:
        if isinstance(value, str):
            return words.day(date.fromisoformat(value), self.language, weekday=False)
        return "–" if value is None else words.number(value, self.language, 2 if isinstance(value, float) else 0)

    def then(self, base: str) -> str:
        """Return what is compared with, in words."""
        return text(THEN[base], self.language)

    @property
    def base(self) -> str:
        """Return what charts show beside now: last year where the register reaches back so far."""
        return "last_year" if self.covers("last_year") else "previous"

    @property
    def comparable(self) -> bool:
        """Tell whether there is anything to compare with."""
        return self.covers(self.base)

    def covers(self, base: str) -> bool:
        """Tell whether the register reaches back over a period that is compared with."""
        return bool(self.figure(f"/total/{base}/verdict") != Verdict.NOT_COVERED)

    def whole(self, base: str) -> Said:
        """Return how all deviations compare with those of another period."""
        at = f"/total/{base}"
        verdict, named = Verdict(self.figure(f"{at}/verdict")), {"then": self.then(base)}
        if verdict is Verdict.NOT_COVERED:
            return self.say(WHOLE[verdict], named, day="/since") if self.figure("/since") else self.nothing()
        now, before, ratio = "/total/count", f"{at}/before", f"{at}/ratio"
        if verdict is Verdict.TOO_FEW:
            return self.say(WHOLE[verdict], named, now=now, before=before)
        if self.figure(ratio) is None:
            return self.say(FROM_NOTHING, named, now=now, before=before)
        return self.say(WHOLE[verdict], named, now=now, before=before, ratio=ratio, low=f"{at}/low", high=f"{at}/high")

    def nothing(self) -> Said:
        """Return that nothing was noticed."""
        return self.say(N_("Nothing that this audience may see was marked in the period."))

    def who(self) -> Said:
        """Return how many organisations reported, beside those before: a count follows who reports."""
        if not self.comparable:
            message = N_("Organisations that reported: %(now)s of %(all)s.")
            return self.say(message, now="/total/reporters/now", all="/partners")
        message = N_("Organisations that reported: %(now)s of %(all)s; in %(then)s %(before)s.")
        named, before = {"then": self.then(self.base)}, f"/total/reporters/{self.base}"
        return self.say(message, named, now="/total/reporters/now", all="/partners", before=before)

    def group(self, table: str, names: Mapping[str, str]) -> Said:
        """Return the first thing to see in a table: what has changed beyond chance, else what is largest."""
        changed = list(self.changes(table, names))
        if changed:
            parts = "; ".join(each.text for each in changed[:2])
            return Said(parts + ".", tuple(place for each in changed[:2] for place in each.figures))
        if not self.figure(f"/{table}/groups"):
            return self.nothing()
        named, now = {"name": self.name(table, 0, names)}, f"/{table}/groups/0/count"
        told = {Verdict(group[self.base]["verdict"]) for group in self.figure(f"/{table}/groups")}
        message = N_("Most: %(name)s, %(now)s of %(all)s. No group has changed beyond chance.")
        if told <= {Verdict.NOT_COVERED, Verdict.TOO_FEW}:
            message = N_("Most: %(name)s, %(now)s of %(all)s.")
        return self.say(message, named, now=now, all="/total/count")

    def changes(self, table: str, names: Mapping[str, str]) -> Iterator[Said]:
        """Yield the groups that have changed beyond chance, compared with what the charts show."""
        for i, group in enumerate(self.figure(f"/{table}/groups")):
            verdict = Verdict(group[self.base]["verdict"])
            if verdict in PART:
                named = {"name": self.name(table, i, names), "then": self.then(self.base)}
                at = f"/{table}/groups/{i}"
                yield self.say(PART[verdict], named, now=f"{at}/count", before=f"{at}/{self.base}/before")

    def name(self, table: str, i: int, names: Mapping[str, str]) -> str:
        """Return what a group is called; a place without a name that the audience may see by its number."""
        key: str = self.figure(f"/{table}/groups/{i}/key")
        return names.get(key, key)

    def months(self) -> Said:
        """Return the month with the most, and who reported in it."""
        counts = [month["count"] for month in self.figure("/months")]
        if not any(counts):
            return self.nothing()
        i = counts.index(max(counts))
        month = words.month(date.fromisoformat(f"{self.figure(f'/months/{i}/key')}-01"), self.language)
        now, who = f"/months/{i}/count", f"/months/{i}/reporters"
        return self.say(
            N_("Most in %(month)s: %(now)s. Organisations that reported: %(who)s."), {"month": month}, now=now, who=who
        )

    def hours(self) -> Said:
        """Return the hour of the week with the most."""
        week = self.figure("/hours/week")
        most, day, hour = max((n, -d, -h) for d, row in enumerate(week) for h, n in enumerate(row))
        if not most:
            return self.say(N_("No deviation of the period is known to the hour."))
        named = {"day": text(DAYS[-day], self.language), "hour": f"{-hour:02}–{(-hour + 1) % 24:02}"}
        if not self.figure("/hours/unknown"):
            return self.say(N_("Most %(day)s at %(hour)s: %(now)s."), named, now=f"/hours/week/{-day}/{-hour}")
        message = N_("Most %(day)s at %(hour)s: %(now)s. Not known to the hour: %(unknown)s.")
        return self.say(message, named, now=f"/hours/week/{-day}/{-hour}", unknown="/hours/unknown")

    def squares(self) -> Said:
        """Return in how few squares half of it lies."""
        if not self.figure("/squares/count"):
            return self.say(N_("No deviation of the period is known well enough for a square."))
        message = N_("Half of %(all)s lie in %(half)s squares of %(side)s metres.")
        return self.say(message, half="/squares/half", all="/squares/count", side="/squares/side_m")

    def first(self, names: Mapping[str, Mapping[str, str]]) -> list[Said]:
        """Return what matters most: how much, who reported, what has changed, where."""
        if not self.figure("/total/count") and not self.figure("/since"):
            return [self.nothing()]
        changed = [each for table in ("categories", "areas", "places") for each in self.changes(table, names[table])]
        ended = [Said(f"{each.text}.", each.figures) for each in changed[:3]]
        whole = [self.whole(base) for base in THEN if self.covers(base)]
        if not whole:
            whole = [self.say(N_("%(now)s deviations in the period."), now="/total/count")]
        return [*whole, self.who(), *ended, self.squares()]

    def unknown(self) -> list[Said]:
        """Return what the figures do not tell."""
        found = [self.say(N_("Whether more happens, or more is reported."))]
        if self.figure("/since"):
            found += [self.whole(base) for base in THEN if not self.covers(base)]
        if self.figure("/hours/unknown"):
            message = N_("When %(unknown)s of them happened: they are known as a span of hours.")
            found.append(self.say(message, unknown="/hours/unknown"))
        if self.figure("/squares/vague"):
            message = N_("Just where %(vague)s of them lie: they stand in no square.")
            found.append(self.say(message, vague="/squares/vague"))
        if self.figure("/squares/shared"):
            message = N_("Where %(n)s of them happened: they lie at %(spots)s spots that stand for a whole area.")
            found.append(self.say(message, n="/squares/shared", spots="/squares/spots"))
        if self.plain.get("analyses") and not self.plain.get("wheel") and self.figure("/version") >= WITH_WHEEL:
            found.append(self.say(N_("How the year goes round: too few deviations are in the register for that.")))
        found.append(self.say(N_("What happens where nobody of us is.")))
        found.append(self.say(N_("How many of them hang together: the intervals take each for itself.")))
        return found
