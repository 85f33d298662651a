"""Who takes part (deltagare): the administrator adds people with organisation and role, ends, and adds partners."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from dashboards import view
from dashboards.readers import Here, InForum
from dashboards.view import Form, plain
from forum.foundation.errors import Conflict, ForumError, Invalid, NotFound
from forum.foundation.language import N_, text
from forum.people import agreements, contacts, members, organisations
from forum.people.agreements import today
from forum.people.organisations import Kind
from forum.people.policy import Role

router = APIRouter()

DONE = {
    "mailed": N_("The person is a member now. A link to choose a password is on its way by e-mail."),
    "ended": N_("The membership has ended. What the organisation reported stays."),
    "partner": N_("The partner is added. Write down its agreement, so that it can mark deviations."),
    "contact": N_("The address is saved."),
}
KINDS = {
    Kind.CITY: N_("City"),
    Kind.POLICE: N_("Police"),
    Kind.HOUSING: N_("Housing company"),
    Kind.CIVIL: N_("Association"),
    Kind.BUSINESS: N_("Business"),
    Kind.SCHOOL: N_("School"),
    Kind.TRANSPORT: N_("Traffic company"),
    Kind.OTHER: N_("Something else"),
}
ROLE_HINTS = {
    Role.READER: N_("Reader: reads"),
    Role.REPORTER: N_("Reporter: reads and marks"),
    Role.COORDINATOR: N_("Coordinator: also looks at, answers and leads meetings"),
    Role.ADMINISTRATOR: N_("Administrator: also members and agreements"),
}


@router.get("/{forum}/deltagare")
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show the forum's people and partners."""
    return view.render(request, "members.html", **_context(request, here))


@router.post("/{forum}/deltagare")
def add(request: Request, here: InForum, form: Form) -> Response:
    """Add a person by address, with organisation and role."""
    try:
        link = members.invite(
            here.session,
            here.member,
            email=plain(form, "email"),
            name=plain(form, "name"),
            organisation_id=id_of(form, "organisation"),
            role=_role(form),
        )
    except (Invalid, Conflict, NotFound) as error:
        return _refused(request, here, form, error)
    if link is None:
        return view.go(request, f"/{here.member.forum_slug}/deltagare", done="mailed")
    address = str(request.base_url).rstrip("/").removesuffix(view.ENGLISH) + f"/lank/{link}"
    context = _context(request, here) | {"link": address, "invited": plain(form, "email")}
    return view.render(request, "members.html", **context)


@router.post("/{forum}/deltagare/{membership}/avsluta")
def end(request: Request, here: InForum, membership: UUID, form: Form) -> Response:
    """End a membership."""
    try:
        members.end(here.session, here.member, membership)
    except Conflict as error:
        return _refused(request, here, form, error)
    return view.go(request, f"/{here.member.forum_slug}/deltagare", done="ended")


@router.post("/{forum}/aktorer")
def add_partner(request: Request, here: InForum, form: Form) -> Response:
    """Add a partner, under another one if it is a unit of it."""
    try:
        organisations.admit(
            here.session,
            here.member,
            name=plain(form, "partner"),
            kind=Kind(plain(form, "kind")) if plain(form, "kind") in list(Kind) else Kind.OTHER,
            authority=plain(form, "authority") == "yes",
            parent_id=id_of(form, "parent") if plain(form, "parent") else None,
        )
    except (Invalid, Conflict, NotFound) as error:
        error.field = "partner" if error.field == "name" else error.field
        return _refused(request, here, form, error)
    return view.go(request, f"/{here.member.forum_slug}/deltagare", done="partner")


@router.post("/{forum}/aktorer/kontakt")
def keep_contact(request: Request, here: InForum, form: Form) -> Response:
    """Write down where an organisation without accounts is written to."""
    try:
        contacts.put(here.session, here.member, id_of(form, "contact_of"), plain(form, "contact"))
    except (Invalid, NotFound) as error:
        error.field = "contact" if error.field == "email" else "contact_of"
        return _refused(request, here, form, error)
    return view.go(request, f"/{here.member.forum_slug}/deltagare", done="contact")


def id_of(form: Form, name: str) -> UUID:
    """Return the id that a list of the form brings."""
    try:
        return UUID(plain(form, name))
    except ValueError as error:
        raise Invalid(
            N_("Nothing is chosen."), field=name, remedy=N_("Choose one of the values in the list.")
        ) from error


def _role(form: Form) -> Role:
    try:
        return Role(plain(form, "role"))
    except ValueError as error:
        raise Invalid(N_("Nothing is chosen."), field="role", remedy=N_("Choose one of the roles.")) from error


def _refused(request: Request, here: Here, form: Form, error: ForumError) -> HTMLResponse:
    here.session.rollback()
    language = view.language_of(request)
    errors = view.said(error, language) if isinstance(error, Invalid) else {error.field or "": error.say(language)}
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    context = _context(request, here) | {"errors": errors, "typed": typed}
    return view.render(request, "members.html", status=422 if isinstance(error, Invalid) else 409, **context)


def _context(request: Request, here: Here) -> dict[str, Any]:
    session, member, language = here.session, here.member, view.language_of(request)
    listed = members.all_of(session, member)
    partners = organisations.all_of(session, member.forum_id)
    branches, addresses = list(organisations.tree(partners)), contacts.all_of(session, member)
    people: dict[UUID, int] = {}
    for each in listed:
        people[each.membership.organisation_id] = people.get(each.membership.organisation_id, 0) + 1
    return {
        "room": "members",
        "done": text(DONE[key], language) if (key := request.query_params.get("done")) in DONE else "",
        "listed": [(each, text(view.ROLES[Role(each.membership.role)], language)) for each in listed],
        "own": member.id,
        "branches": [
            {
                "organisation": branch.organisation,
                "depth": min(branch.depth, 3),
                "kind": text(KINDS[Kind(branch.organisation.kind)], language),
                "people": people.get(branch.organisation.id, 0),
                "contact": addresses.get(branch.organisation.id, ""),
                "writes": agreements.in_force(session, branch.organisation.id, today()),
            }
            for branch in branches
        ],
        "partners": [
            ("", text(N_("Choose …"), language)),
            *((str(b.organisation.id), "\u2007" * 2 * b.depth + b.organisation.name) for b in branches),
        ],
        "kinds": [(kind.value, text(name, language)) for kind, name in KINDS.items()],
        "role_choices": [(role.value, text(words, language)) for role, words in ROLE_HINTS.items()],
        "typed": {},
        "link": "",
        "invited": "",
    }
