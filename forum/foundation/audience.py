"""Who may see a row, and for whom a thing is made (synlighet och målgrupp)."""

from __future__ import annotations

from enum import StrEnum


class Visibility(StrEnum):
    """Who may see one deviation, from the fewest to the most."""

    OWN = "own"
    AUTHORITIES = "authorities"
    FORUM = "forum"
    PUBLIC = "public"

    def wider_than(self, other: Visibility) -> bool:
        """Tell whether more people see this than the other."""
        order = list(Visibility)
        return order.index(self) > order.index(other)


class Audience(StrEnum):
    """For whom something is projected, frozen, printed, mailed or exported."""

    AUTHORITIES = "authorities"
    FORUM = "forum"
    PUBLIC = "public"

    @property
    def sees(self) -> tuple[Visibility, ...]:
        """Return the visibilities that every reader of this audience may see, whoever presses the button.

        Public things count forum and public rows, and only as k-safe aggregates (DOMAIN 4.2, 4.4).
        """
        open_rows = (Visibility.FORUM, Visibility.PUBLIC)
        return (Visibility.AUTHORITIES, *open_rows) if self is Audience.AUTHORITIES else open_rows
