"""What can go wrong, in the domain's words and without HTTP (fel).

ForumError
├── Invalid          a value cannot be taken; names field, value and remedy
│   └── Problems     several of them at once
├── NotSignedIn      nobody is signed in
├── Forbidden        the member may see it but not do it
├── NotFound         there is no such thing, or none that the reader may see
├── Conflict         it stands against something that is already there
│   └── Busy         it is being done by another just now; trying again helps
├── TooMany          so many at once are not had
└── Stale            it was changed by somebody else meanwhile
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forum.foundation.language import N_, Language, text

SHOWN = 120
"""Characters of a refused value that an error repeats at most."""


def shown(value: object) -> str:
    """Return a value as an error may repeat it: printable and short."""
    try:
        words = str(value)[: SHOWN + 1]
    except ValueError:  # an integer of more digits than Python writes
        return "…"
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


class ForumError(Exception):
    """Something that the domain refuses, said so that the reader can mend it."""

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        value: object = None,
        remedy: str | None = None,
        **params: object,
    ) -> None:
        super().__init__(message)
        self.message, self.field, self.value, self.remedy, self.params = message, field, value, remedy, params

    def say(self, language: str = Language.SV) -> str:
        """Return the sentence: what is wrong, the value given and the remedy."""
        parts = [self.reason(language)]
        if self.value not in (None, ""):
            parts.append(text(N_("Given: %(value)s."), language, value=shown(self.value)))
        if self.remedy:
            parts.append(self.advice(language))
        return " ".join(parts)

    def reason(self, language: str = Language.SV) -> str:
        """Return what is wrong, alone."""
        return text(self.message, language, **self._words(language))

    def advice(self, language: str = Language.SV) -> str:
        """Return the remedy alone, empty when there is none."""
        return text(self.remedy, language, **self._words(language)) if self.remedy else ""

    def _words(self, language: str) -> dict[str, object]:
        return {k: text(v, language) if isinstance(v, str) else v for k, v in self.params.items()}

    def __str__(self) -> str:
        """Return the sentence in English, led by the field."""
        return f"{self.field}: {self.say(Language.EN)}" if self.field else self.say(Language.EN)


class Invalid(ForumError):
    """A value cannot be taken."""

    @property
    def problems(self) -> list[Invalid]:
        """Return the single problems that this error is made of."""
        return [self]


class Problems(Invalid):
    """Several values cannot be taken."""

    def __init__(self, problems: list[Invalid]) -> None:
        super().__init__(N_("%(count)s things need to be changed."), count=len(problems))
        self._problems = problems

    @property
    def problems(self) -> list[Invalid]:
        """Return the single problems that this error is made of."""
        return self._problems


class NotSignedIn(ForumError):
    """Nobody is signed in."""

    def __init__(self, message: str = N_("Sign in first."), **params: Any) -> None:
        super().__init__(message, **params)


class Forbidden(ForumError):
    """The member may not do this."""


class NotFound(ForumError):
    """There is no such thing, or none that the reader may see: both are said alike."""

    def __init__(self, message: str = N_("There is nothing here, or nothing that you may see."), **params: Any) -> None:
        super().__init__(message, **params)


class Conflict(ForumError):
    """It stands against something that is already there."""


class Busy(Conflict):
    """Somebody else is doing it just now."""


class TooMany(ForumError):
    """So many at once are not had; one of them has to end first."""


class Stale(ForumError):
    """It was changed by somebody else meanwhile; `current` is the newer state."""

    def __init__(self, message: str, *, current: Mapping[str, Any], **params: Any) -> None:
        super().__init__(message, **params)
        self.current = current


def outside(value: float, low: float, high: float, field: str, given: object = None) -> list[Invalid]:
    """Return what is wrong with a number that has to lie between two others: nothing where it does."""
    if low <= value <= high:
        return []
    shown_ = value if given is None else given
    message, remedy = N_("This number cannot be used here."), N_("Give a number from %(low)s to %(high)s.")
    return [Invalid(message, field=field, value=shown_, remedy=remedy, low=low, high=high)]


def raise_all(problems: list[Invalid]) -> None:
    """Raise what was found: nothing, the one problem, or all of them together."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise Problems(problems)
