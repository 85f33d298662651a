"""A picture as it is shown (visningen): the same words, plates and hash for page, paper and travelling map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dashboards import for_everybody, perceiving, wheels, words
from dashboards.findings import Findings
from dashboards.plates import Ground, Plate, Plates
from dashboards.sentences import Said, Speaker
from forum.foundation.audience import Audience
from forum.foundation.geometry import in_metres, shape_of
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import areas
from forum.work import pictures
from forum.work.pictures import FrozenPicture
from mapping import picture
from mapping.periods import Period
from mapping.picture import Picture
from mapping.public_picture import PublicPicture

FOR = {
    Audience.FORUM: N_("For the whole forum"),
    Audience.AUTHORITIES: N_("For authorities only"),
    Audience.PUBLIC: N_("For everybody"),
}


@dataclass(frozen=True)
class Shown:
    """Everything that a reader meets of one picture, in their language."""

    picture: Picture | PublicPicture
    language: str
    title: str
    period: str
    audience: str
    hash: str
    first: list[Said]
    unknown: list[Said]
    plates: list[Plate]
    frozen: FrozenPicture | None = None
    frozen_at: str = ""

    @property
    def state(self) -> str:
        """Return whether it is frozen, and when it was."""
        if self.frozen is None:
            return text(N_("Not frozen"), self.language)
        return text(N_("Frozen %(when)s"), self.language, when=self.frozen_at)

    @property
    def file(self) -> str:
        """Return what a file of it is called, without its ending."""
        found = self.picture
        return f"{found.forum}-{found.period.first}-{found.period.last}-{found.audience}"

    @property
    def empty(self) -> bool:
        """Tell whether nothing is counted in it."""
        return not self.picture.total.count

    @property
    def short_hash(self) -> str:
        """Return the hash as people compare it: its beginning and its end."""
        return f"{self.hash[:4]} {self.hash[4:8]} … {self.hash[-8:-4]} {self.hash[-4:]}"


def shown(
    session: Session,
    member: Member,
    found: Picture | PublicPicture,
    language: str,
    frozen: FrozenPicture | None = None,
) -> Shown:
    """Return the picture in words and plates."""
    plain = picture.as_plain(found)
    if isinstance(found, PublicPicture):
        first, unknown, plates = (
            for_everybody.first(found, language),
            for_everybody.unknown(language),
            for_everybody.plates(found, language),
        )
    else:
        speaker, names = Speaker(plain, language), picture.names(session, found, member.forum_id, language)
        maker = Plates(found, speaker, {"areas": {}, **names})
        first, unknown = speaker.first(maker.names), speaker.unknown()
        more = Findings(maker, found.analyses).all() if found.analyses else ()
        year = [wheels.plate(maker, found.wheel)] if found.wheel else []
        beside = perceiving.plates(found.quadrants, names["places"], language) if found.quadrants else []
        plates = [*maker.all(ground(session, member)), *year, *more, *beside]
    return Shown(
        picture=found,
        language=language,
        title=title_of(member, found.period, language),
        period=in_words(found.period, language),
        audience=text(FOR[found.audience], language),
        hash=(bytes(frozen.hash) if frozen else pictures.hash_of(plain)).hex(),
        first=first,
        unknown=unknown,
        plates=plates,
        frozen=frozen,
        frozen_at=moment(frozen.frozen_at, language) if frozen else "",
    )


def moment(value: datetime, language: str) -> str:
    """Return when a picture was frozen."""
    return words.moment(value, language)


def title_of(member: Member, period: Period, language: str) -> str:
    """Return what a picture is called."""
    short = member.forum_name.removesuffix(" trygghetsforum")
    message = N_("Situational picture of %(forum)s, %(period)s")
    return text(message, language, forum=short, period=in_words(period, language))


def in_words(period: Period, language: str) -> str:
    """Return a period as people say it: juli–september 2023, or its days."""
    return (words.months if period.of_months else words.period)(period.first, period.last, language)


def ground(session: Session, member: Member) -> Ground:
    """Return the outlines of the forum and of the areas that it is counted by, as they are today."""
    now = today()
    held = [area for area in areas.parts(session, member.forum_id) if area.valid_to is None or area.valid_to > now]
    return Ground(
        in_metres(areas.boundary(session, member.forum_id, now)),
        tuple(in_metres(shape_of(area.geom)) for area in held),
    )
