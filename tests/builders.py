"""Small worlds for the tests: a forum over a square in Farsta, its partners, their members, their deviations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shapely import box
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.people import accounts, agreements, members, organisations
from forum.people.members import Member
from forum.people.organisations import Kind
from forum.people.policy import Role
from forum.register import areas, founding
from forum.register.deviations import Deviation
from forum.register.intake import Notice, register

SQUARE = (18.05, 59.22, 18.15, 59.27)
"""West, south, east, north of the invented district."""
CENTRE = (18.09, 59.243)

PARTNERS: dict[str, tuple[Kind, bool]] = {
    "Stadsdelsförvaltningen": (Kind.CITY, True),
    "Polisen": (Kind.POLICE, True),
    "Bostadsbolaget": (Kind.HOUSING, False),
    "Nattvandrarna": (Kind.CIVIL, False),
    "Skolan": (Kind.SCHOOL, False),
}
PEOPLE: dict[str, tuple[str, Role]] = {
    "coordinator": ("Stadsdelsförvaltningen", Role.COORDINATOR),
    "administrator": ("Stadsdelsförvaltningen", Role.ADMINISTRATOR),
    "officer": ("Polisen", Role.REPORTER),
    "landlord": ("Bostadsbolaget", Role.REPORTER),
    "walker": ("Nattvandrarna", Role.REPORTER),
    "teacher": ("Skolan", Role.READER),
}


@dataclass
class World:
    """One forum and the ids of all who take part in it."""

    forum_id: UUID
    slug: str
    organisations: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    members: dict[str, UUID] = field(default_factory=dict)

    def email(self, person: str) -> str:
        """Return the person's address."""
        return f"{person}@{self.slug}.example.org"

    def acting(self, session: Session, person: str) -> Member:
        """Let the session act for the person."""
        rights.become(session, rights.Principal(account=self.accounts[person]))
        return members.acting(session, self.accounts[person], self.slug)


def build_world(session: Session, slug: str = "farsta", square: tuple[float, float, float, float] = SQUARE) -> World:
    """Return a new forum with partners, agreements and members."""
    rights.become(session, rights.OPERATOR)
    areas.import_areas(session, "stadsdelsomrade", [areas.Shape(f"Område {slug}", slug, box(*square))])
    forum = founding.found(session, slug=slug, name=f"Forum {slug}", area_names=[f"Område {slug}"])
    world = World(forum.id, slug)
    for name, (kind, authority) in PARTNERS.items():
        partner = organisations.add(session, forum.id, name=name, kind=kind, authority=authority)
        world.organisations[name] = partner.id
        if name != "Skolan":
            agreements.add(
                session, forum.id, organisation_id=partner.id, purposes="Gemensam lägesbild", areas="Hela området",
                valid_from=date(2020, 1, 1),
            )  # fmt: skip
    for person, (organisation, role) in PEOPLE.items():
        account = accounts.account_of(session, email=world.email(person), name=person.title())
        membership = members.add(
            session,
            forum.id,
            account_id=account,
            organisation_id=world.organisations[organisation],
            role=role,
        )
        world.accounts[person], world.members[person] = account, membership.id
    return world


def notice(**changes: Any) -> Notice:
    """Return something worth registering, with changes."""
    plain: dict[str, Any] = {
        "lon": CENTRE[0],
        "lat": CENTRE[1],
        "accuracy_m": 25,
        "occurred_from": clock.now() - timedelta(hours=2),
        "category": "lighting",
        "text": "Tre lyktstolpar är släckta vid gångvägen",
    }
    return Notice(**(plain | changes))


def mark(session: Session, member: Member, **changes: Any) -> Deviation:
    """Return a deviation that the member has just registered."""
    return register(session, member, client_id=uuid4(), notice=notice(**changes)).deviation


def an_hour_ago() -> datetime:
    """Return the moment an hour ago."""
    return clock.now() - timedelta(hours=1)
