"""The jury's room (juryn): who holds which office, ties to declare and to rule on, and substitutes to call in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import SessionDep
from api.jury import Nr, Seat
from dashboards import prize, view, words
from dashboards.prize import Slug
from dashboards.readers import SignedIn
from dashboards.view import Form, plain
from forum.foundation.errors import ForumError, Invalid, NotFound
from forum.foundation.language import N_, text
from forum.people.policy import Action, Role, may
from forum.prize import jury, nominations, ties
from forum.prize.editions import PHASE_WORDS
from forum.prize.jury import OFFICE_WORDS, Office, Officer
from forum.prize.nominations import HELD, STATUS_WORDS, Nomination, Status
from forum.prize.ties import GRADE_WORDS, Grade, Ruling, Tie

router = APIRouter()
E = TypeVar("E", bound=Enum)
DONE = {
    "mailed": N_("The office is filled. A link to choose a password is on its way by e-mail."),
    "appointed": N_("The office is filled."),
    "ended": N_("The office has ended. What was handed in stays."),
    "called": N_("The substitute takes part from now on, and declares ties first."),
    "declared": N_("Your tie is written down."),
    "ruled": N_("Your ruling is written down."),
    "discovered": N_("The tie is written down. What it touched is set aside."),
}
APPOINTED = (Role.JUROR, Role.DEPUTY, Role.SUBSTITUTE)
SHORT_GRADES = {Grade.OWN: N_("own"), Grade.SAME_PARENT: N_("same parent organisation"), Grade.NONE: N_("none")}


def seated(request: Request, session: SessionDep, account_id: SignedIn, edition: Slug) -> Seat:
    """Let in whoever holds an office in the edition of the address."""
    prize.admit(request, session, account_id)
    return Seat(session, *jury.acting(session, account_id, edition))


InJury = Annotated[Seat, Depends(seated)]


@dataclass(frozen=True)
class Sent:
    """A form of the jury's pages as it was sent: by whom, from which page, and which of its fields may be wrong.

    A form that is there several times on its page ends the names of its fields with `at`.
    """

    request: Request
    seat: Seat
    form: Form
    fields: tuple[str, ...] = ()
    at: str = ""

    def __getitem__(self, name: str) -> str:
        """Return what a field says."""
        return plain(self.form, name + self.at)

    def among(self, name: str, kind: type[E]) -> E:
        """Return the value of a kind that was chosen."""
        try:
            return kind(self[name])
        except ValueError as error:
            remedy = N_("Choose one of the values in the list.")
            raise Invalid(N_("Nothing is chosen."), field=name, remedy=remedy) from error


def attempt(sent: Sent, page: Callable[..., HTMLResponse], step: Callable[[], str], back: str) -> Response:
    """Do what a form asks and lead back, or show its page again with what was typed and what was refused."""
    seat = sent.seat
    try:
        done = step()
    except ForumError as error:
        if isinstance(error, NotFound) and error.field is None:
            raise  # the address leads nowhere; a field that names nothing is the form's matter
        seat.session.rollback()
        return page(sent.request, seat, **view.again(sent.request, error, sent.form, sent.fields, at=sent.at))
    return view.go(sent.request, f"/priset/{seat.edition.slug}{back}", done=done)


@router.get("/priset/{edition}/jury")
def show(request: Request, seat: InJury) -> HTMLResponse:
    """Show the jury, what waits for a ruling, and every nomination with one's own tie to it."""
    return _page(request, seat, done=_done(request))


@router.post("/priset/{edition}/jury")
def appoint(request: Request, seat: InJury, form: Form) -> Response:
    """Appoint somebody by address; where no mail goes out their link is shown, once."""
    sent, link = Sent(request, seat, form, ("email", "office", "organisation", "belongs_to", "title")), []

    def step() -> str:
        above = [name for name in sent["belongs_to"].split(">") if name.strip()]
        post: jury.Post = {
            "office": sent.among("office", Role), "organisation": sent["organisation"],
            "belongs_to": above, "title": sent["title"],
        }  # fmt: skip
        office = jury.appoint(seat.session, seat.officer, seat.edition, sent["email"], **post)
        link.append(jury.link(seat.session, seat.officer, office))
        return "mailed" if request.app.state.settings.smtp_url else "appointed"

    answer = attempt(sent, _page, step, "/jury")
    if link and link[0] is not None:
        address = str(request.base_url).rstrip("/").removesuffix(view.ENGLISH) + f"/lank/{link[0]}"
        return _page(request, seat, link=address, invited=sent["email"])
    return answer


@router.post("/priset/{edition}/jury/{office}/kalla")
def call_in(request: Request, seat: InJury, office: UUID, form: Form) -> Response:
    """Call a substitute in."""

    def step() -> str:
        jury.call_in(seat.session, seat.officer, jury.get(seat.session, seat.officer, office))
        return "called"

    return attempt(Sent(request, seat, form), _page, step, "/jury")


@router.post("/priset/{edition}/jury/{office}/avsluta")
def end(request: Request, seat: InJury, office: UUID, form: Form) -> Response:
    """End an office."""

    def step() -> str:
        jury.end(seat.session, seat.officer, jury.get(seat.session, seat.officer, office))
        return "ended"

    return attempt(Sent(request, seat, form), _page, step, "/jury")


@router.post("/priset/{edition}/nomineringar/{nr}/jav")
def declare(request: Request, seat: InJury, nr: Nr, form: Form) -> Response:
    """Declare how near one is to a nomination."""
    sent = Sent(request, seat, form, ("grade", "reason"), f"-{nr}")

    def step() -> str:
        nomination = nominations.cover(seat.session, seat.officer, nr)
        ties.declare(seat.session, seat.officer, nomination, sent.among("grade", Grade), reason=sent["reason"])
        return "declared"

    return attempt(sent, _page, step, "/jury")


@router.post("/priset/{edition}/nomineringar/{nr}/jav/upptackt")
def discover(request: Request, seat: InJury, nr: Nr, form: Form) -> Response:
    """Write down a tie that was discovered late."""
    sent = Sent(request, seat, form, ("office", "grade", "reason"), f"-late-{nr}")

    def step() -> str:
        nomination = nominations.cover(seat.session, seat.officer, nr)
        office, grade = _held(seat, sent), sent.among("grade", Grade)
        ties.discover(seat.session, seat.officer, nomination, office, grade, reason=sent["reason"])
        return "discovered"

    return attempt(sent, _page, step, "/jury")


@router.post("/priset/{edition}/nomineringar/{nr}/jav/{tie}/beslut")
def rule(request: Request, seat: InJury, nr: Nr, tie: UUID, form: Form) -> Response:
    """Rule on a tie that waits."""
    sent = Sent(request, seat, form, ("reason",), f"-{tie}")

    def step() -> str:
        nomination = nominations.cover(seat.session, seat.officer, nr)
        said = {each.id: each for each in ties.waiting(seat.session, seat.officer)}.get(tie)
        if said is None or said.nomination_id != nomination.id:
            raise NotFound
        ruling = sent.among("ruling", Ruling)
        ties.rule(seat.session, seat.officer, nomination, said, ruling=ruling, reason=sent["reason"])
        return "ruled"

    return attempt(sent, _page, step, "/jury")


def _held(seat: Seat, sent: Sent) -> Office:
    """Return the office that was chosen."""
    try:
        return jury.get(seat.session, seat.officer, UUID(sent["office"]))
    except (NotFound, ValueError) as error:
        remedy = N_("Choose one of the values in the list.")
        raise Invalid(N_("Nothing is chosen."), field="office", remedy=remedy) from error


def _done(request: Request) -> str:
    key = request.query_params.get("done", "")
    return text(DONE[key], view.language_of(request)) if key in DONE else ""


# --- what the page shows ---------------------------------------------------------------------------------------------


def head(seat: Seat, language: str) -> dict[str, Any]:
    """Return what every page of the jury says of the edition and of whoever reads."""
    officer, edition = seat.officer, seat.edition
    return {
        "room": "prize",
        "edition": {
            "slug": edition.slug, "name": edition.name, "theme": edition.theme, "quorum": edition.quorum,
            "phase": text(PHASE_WORDS[edition.phase], language),
            "stopped": text(edition.stopped_for, language) if edition.stopped_at else "",
        },
        "office": text(OFFICE_WORDS[officer.role], language),
        "known_as": officer.title or officer.organisation,
        "refused": "",
        "problems": "",
        "typed": {},
        "done": "",
    }  # fmt: skip


def _page(request: Request, seat: Seat, *, status: int = 200, **more: Any) -> HTMLResponse:
    language, officer = view.language_of(request), seat.officer
    seat.session.refresh(seat.edition)
    offices = jury.all_of(seat.session, officer)
    covers = nominations.covers(seat.session, officer)
    own = ties.of_mine(seat.session, officer)
    context = head(seat, language) | {
        "offices": [_office(office, officer, language) for office in offices],
        "covers": [_cover(each, own.get(each.id), officer, language) for each in covers],
        "waiting": _waiting(seat, {each.id: each for each in covers}, offices, language),
        "grades": [(grade.value, text(say, language)) for grade, say in GRADE_WORDS.items()],
        "appoints": may(officer, Action.JURY_APPOINT),
        "calls_in": may(officer, Action.JURY_SUBSTITUTE),
        "discovers": _discoverable(covers, own) if may(officer, Action.TIE_DISCOVER) else [],
        "others": [
            ("", text(N_("Choose …"), language)), *_others(jury.known(seat.session, officer), officer, language)
        ],
        "choices": [(role.value, text(OFFICE_WORDS[role], language)) for role in APPOINTED],
        "late": any(name.startswith("reason-late-") for name in more.get("typed", {})),
        "link": "", "invited": "",
    }  # fmt: skip
    return view.render(request, "jury.html", status=status, **context | more)


def _others(offices: list[Office], officer: Officer, language: str) -> list[tuple[str, str]]:
    """Return every office of somebody else, also one that has ended: what its holder voted may have to be set aside."""
    ended = text(N_("ended"), language)
    said = [(each, f"{_titled(each, language)}{f' ({ended})' if each.ended_at else ''}") for each in offices]
    return [(str(each.id), words) for each, words in said if each.account_id != officer.account_id]


def _titled(office: Office, language: str) -> str:
    return f"{text(OFFICE_WORDS[office.role], language)}, {office.known_as}"


def _office(office: Office, officer: Officer, language: str) -> dict[str, Any]:
    substitute = office.role is Role.SUBSTITUTE
    return {
        "id": office.id,
        "word": text(OFFICE_WORDS[office.role], language),
        "known_as": office.known_as,
        "organisation": " > ".join([*office.belongs_to, office.organisation]),
        "mine": office.id == officer.office_id,
        "callable": substitute and office.called_in_at is None,
        "called": words.day(office.called_in_at, language) if office.called_in_at else "",
        "endable": office.role in APPOINTED and office.id != officer.office_id,
    }


def _cover(nomination: Nomination, tie: Tie | None, officer: Officer, language: str) -> dict[str, Any]:
    """Return the cover of a nomination with one's own tie: nothing else of one that is closed."""
    seen = ties.suggested(officer, nomination)
    state = "undeclared" if tie is None else "open" if tie.opens else "excluded" if tie.excludes else "waiting"
    if tie is not None and tie.opens and officer.role is Role.SUBSTITUTE and not officer.assesses:
        state = "resting"
    return {
        "nr": nomination.nr,
        "title": nomination.title,
        "organisations": [" > ".join(line) for line in ties.lines_of(nomination)],
        "gone": _gone(nomination, language) if state == "open" else "",
        "state": state,
        "seen": seen.value,
        "seen_word": text(SHORT_GRADES[seen], language),
    }


def _gone(nomination: Nomination, language: str) -> str:
    return "" if nomination.status in HELD else text(STATUS_WORDS[Status(nomination.status)], language)


def _waiting(seat: Seat, covers: dict[UUID, Nomination], offices: list[Office], language: str) -> list[dict[str, Any]]:
    if not may(seat.officer, Action.TIE_RULE):
        return []
    by_id = {office.id: office for office in offices}
    return [
        {
            "id": tie.id,
            "nr": covers[tie.nomination_id].nr,
            "title": covers[tie.nomination_id].title,
            "who": _titled(by_id[tie.office_id], language),
            "grade": text(SHORT_GRADES[Grade(tie.grade)], language),
            "proposed": text(SHORT_GRADES[Grade(tie.proposed)], language),
            "reason": tie.reason,
            "late": tie.step == ties.Step.DISCOVERED,
        }
        for tie in ties.waiting(seat.session, seat.officer)
        if tie.office_id in by_id and tie.nomination_id in covers
    ]


def _discoverable(covers: list[Nomination], own: dict[UUID, Tie]) -> list[tuple[int, str]]:
    closed = {nomination for nomination, tie in own.items() if tie.excludes}
    return [(each.nr, f"{each.nr}. {each.title}") for each in covers if each.id not in closed]
