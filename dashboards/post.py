"""The post (posten): a letter is put into words for whoever reads it, and handed to the mail server once at most.

What goes by mail crosses other people's servers: it is made for the whole forum (DOMAIN 4.2), whatever its reader may
see here. Without TRYGG_SMTP_URL nothing is sent.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from api.invitations import invitation
from dashboards import notices, words
from dashboards import outcomes as came
from forum.foundation import clock, rights
from forum.foundation.audience import Audience
from forum.foundation.errors import NotFound
from forum.foundation.language import N_, Language, text
from forum.foundation.settings import Settings
from forum.people import accounts, audiences, letters, members, organisations
from forum.people.forums import Forum
from forum.people.letters import Kind, Letter, Status
from forum.people.members import Member, Membership
from forum.people.subscriptions import Topic
from forum.work import digests, links, meetings, news, outcomes
from forum.work.links import Delivery

TIMEOUT = 30
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TRY_LATER = range(400, 500)
"""What a mail server answers that does not take a letter now."""


class Later(Exception):
    """Nothing was handed over: it can be tried again."""


class Refused(Exception):
    """It will not be delivered, or nobody knows whether it was: it is not tried again."""


@dataclass(frozen=True)
class Words:
    """What a letter says, and where it goes."""

    to: str
    subject: str
    body: str
    decline: str = ""
    """The address under which its reader declines more of its kind."""
    calendar: tuple[bytes, str] | None = None
    """An invitation as calendars read it, and its method."""


def deliver(session: Session, settings: Settings, letter_id: UUID) -> None:
    """Send one letter, by its forum's own work."""
    letter = letters.take(session, letter_id)
    session.commit()  # from now on nobody else sends it
    if letter is None:
        return
    try:
        with _waiting_again_after(Exception, session, letter_id):
            message = _written(session, settings, letter)
        if message is not None:
            with _waiting_again_after(Later, session, letter_id):
                send(settings, message)
    except (Refused, NotFound) as error:
        session.rollback()  # a secret that was made for it is none
        _settle(session, letter, Status.FAILED if isinstance(error, Refused) else Status.DROPPED)
        return
    _settle(session, letter, Status.SENT if message else Status.DROPPED)


@contextmanager
def _waiting_again_after(failures: type[Exception], session: Session, letter_id: UUID) -> Iterator[None]:
    """Let the letter wait to be tried again when this fails; what is refused for good is not tried again."""
    try:
        yield
    except failures as error:
        if not isinstance(error, Refused | NotFound):
            session.rollback()
            letters.settle(session, letter_id, Status.WAITING)
            session.commit()
        raise


def _written(session: Session, settings: Settings, letter: Letter) -> EmailMessage | None:
    said = WRITERS[Kind(letter.kind)](session, settings, letter) if settings.smtp_url else None
    return message_of(settings, letter.id, said) if said else None


def _settle(session: Session, letter: Letter, status: Status) -> None:
    letters.settle(session, letter.id, status)
    if letter.kind == Kind.LINK and letter.about_id is not None:
        links.delivered(session, letter.about_id, Delivery.SENT if status is Status.SENT else Delivery.FAILED)


# --- words ------------------------------------------------------------------------------------------------------------


def _worker(session: Session, letter: Letter) -> Member:
    forum = session.get_one(Forum, letter.forum_id)
    return members.system(session, forum.id, forum.slug, forum.name, demo=forum.demo)


def _link(session: Session, settings: Settings, letter: Letter) -> Words | None:
    assert letter.about_id is not None
    made = links.secret_for(session, _worker(session, letter), letter.about_id)
    if made is None:
        return None
    address = f"{settings.base_url.rstrip('/')}/svar/{made.secret}"
    with rights.kept(session):
        asked = links.by_secret(session, made.secret)
        due = words.day(asked.measure.due_on, Language.SV, weekday=False)
        facts = {"title": asked.measure.title, "place": asked.place, "due": due}
        facts |= {"asked_by": asked.asked_by, "forum": asked.member.forum_name, "link": address}
        facts |= {"owner": asked.member.organisation_name, "english": address.replace("/svar/", "/en/svar/")}
    subject = text(N_("%(asked_by)s asks about a measure: %(title)s"), Language.SV, **facts)
    return Words(made.email, subject, text(ASK, Language.SV, **facts))


ASK = N_(
    "%(asked_by)s asks %(owner)s to answer for a measure of %(forum)s.\n\n"
    "What: %(title)s\nWhere: %(place)s\nDone by: %(due)s\n\n"
    "Open this address to accept it, decline it with a reason, or tell that it is done:\n%(link)s\n\n"
    "The address is for this measure alone. Whoever has it can answer for %(owner)s: pass it on to those only who may."
    "\n\nIn English: %(english)s"
)


def _notice(session: Session, settings: Settings, letter: Letter) -> Words | None:
    to, notice_id = _reader(session, letter), letter.about_id
    if to is None or notice_id is None:
        return None
    with _as_reader(session, to) as member:
        news.get(session, member, notice_id)  # not found: the letter is dropped
        subject, said = text(N_("Something concerns you"), to.language), text(UNSAID, to.language)
        path = f"/{to.slug}/notiser"
        with audiences.narrowed(session, Audience.FORUM), suppress(NotFound):
            about = news.get(session, member, notice_id)
            owner = organisations.named_by(session, about.measure.owner_id) if about.measure else ""
            title = about.measure.title if about.measure else about.place.name
            subject = f"{notices.sentence(about, owner, to.language)}: {title}"
            said = f"{subject}\n{text(N_('Place'), to.language)}: {about.place.name}"
            path = notices.path_of(to.slug, about)
    return _signed(settings, to, Topic.NOTICES, subject, f"{said}\n\n{settings.base_url.rstrip('/')}{path}")


UNSAID = N_(
    "Something in the forum concerns you. It is not for the whole forum to see, so it is not written in a mail."
)


@dataclass(frozen=True)
class Recipient:
    """A member who is written to."""

    member_id: UUID
    account_id: UUID
    forum_id: UUID
    slug: str
    forum: str
    email: str
    language: str


def _reader(session: Session, letter: Letter) -> Recipient | None:
    """Return whom the letter goes to: nobody who is no member any more, and none of a demo's invented people."""
    forum, member = session.get_one(Forum, letter.forum_id), session.get_one(Membership, letter.member_id)
    if forum.demo or member.ended_at is not None:
        return None
    account = accounts.of(session, member.account_id)
    found = (member.id, account.id, forum.id, forum.slug, forum.name, account.email, account.language)
    return Recipient(*found)


@contextmanager
def _as_reader(session: Session, to: Recipient) -> Iterator[Member]:
    """Let the session see what the letter's reader sees, and lend who that is."""
    with rights.kept(session):
        yield members.acting(session, to.account_id, to.slug)


def _signed(settings: Settings, to: Recipient, topic: Topic, subject: str, said: str) -> Words:
    """Return the letter with its forum, and with the way to decline more of its kind."""
    assert settings.secret_key is not None
    path = notices.decline_path(settings.secret_key.get_secret_value(), to.forum_id, to.member_id, topic)
    decline = settings.base_url.rstrip("/") + path
    foot = text(N_("%(forum)s. No more of these by mail: %(decline)s"), to.language, forum=to.forum, decline=decline)
    return Words(to.email, subject, f"{said}\n\n-- \n{foot}\n", decline)


def _digest(session: Session, settings: Settings, letter: Letter) -> Words | None:
    to, monday = _reader(session, letter), digests.week_of(letter)
    if to is None:
        return None
    with _as_reader(session, to) as member, audiences.narrowed(session, Audience.FORUM):
        week = outcomes.happened(session, member, *digests.span(monday))
        lines = came.week_in_words(session, member, week, to.language)
    if not lines:
        return None
    period = words.period(monday, monday + timedelta(days=6), to.language)
    subject = text(N_("What came of our deviations %(period)s"), to.language, period=period)
    address = f"{settings.base_url.rstrip('/')}/{to.slug}/vara-avvikelser"
    return _signed(settings, to, Topic.DIGEST, subject, "\n".join([*lines, "", address]))


def _invitation(session: Session, settings: Settings, letter: Letter) -> Words | None:
    to, meeting_id = _reader(session, letter), letter.about_id
    if to is None or meeting_id is None:
        return None
    with _as_reader(session, to) as member:
        meeting = meetings.get(session, member, meeting_id)
        chair = organisations.named_by(session, meeting.chair_id)
    gone = meetings.Status(meeting.status) is meetings.Status.CANCELLED
    facts = {"forum": to.forum, "when": words.moment(meeting.starts_at, to.language), "chair": chair}
    facts |= {"where": meeting.location or "–", "minutes": str(meeting.minutes)}
    facts["address"] = f"{settings.base_url.rstrip('/')}/{to.slug}/moten/{meeting.day}"
    moved = N_("%(forum)s meets %(when)s: changed") if meeting.sequence else N_("%(forum)s meets %(when)s")
    subject = text(N_("%(forum)s does not meet %(when)s") if gone else moved, to.language, **facts)
    body = text(CALLED_OFF if gone else CALLED, to.language, **facts)
    file = invitation(member, meeting, settings.base_url), "CANCEL" if gone else "REQUEST"
    return Words(to.email, subject, body, calendar=file)


CALLED = N_(
    "%(forum)s meets %(when)s for %(minutes)s minutes.\n\nWhere: %(where)s\nChair: %(chair)s\n\n"
    "The agenda, and how to add to it:\n%(address)s"
)
CALLED_OFF = N_("The meeting of %(forum)s %(when)s is cancelled.\n\n%(address)s")


def _minutes(session: Session, settings: Settings, letter: Letter) -> Words | None:
    to, meeting_id = _reader(session, letter), letter.about_id
    if to is None or meeting_id is None:
        return None
    with _as_reader(session, to) as member:
        meeting = meetings.get(session, member, meeting_id)
    day = words.day(meeting.day, to.language)
    subject = text(N_("The minutes of %(forum)s %(day)s are adjusted and sealed"), to.language, forum=to.forum, day=day)
    address = f"{settings.base_url.rstrip('/')}/{to.slug}/moten/{meeting.day}/protokoll"
    return _signed(settings, to, Topic.NOTICES, subject, f"{subject}:\n{address}")


WRITERS: dict[Kind, Callable[[Session, Settings, Letter], Words | None]] = {
    Kind.LINK: _link,
    Kind.NOTICE: _notice,
    Kind.DIGEST: _digest,
    Kind.INVITATION: _invitation,
    Kind.MINUTES: _minutes,
}


# --- mail -------------------------------------------------------------------------------------------------------------


def message_of(settings: Settings, letter_id: UUID, said: Words) -> EmailMessage:
    """Return the letter as a mail; an address or a subject that would add to its head is refused."""
    message = EmailMessage()
    try:
        message["From"], message["To"] = settings.mail_from, Address(addr_spec=said.to)
        message["Subject"] = said.subject
    except (MessageError, ValueError, IndexError) as error:
        raise Refused from error
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{letter_id}@{parseaddr(settings.mail_from)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if said.decline:
        message["List-Unsubscribe"] = f"<{said.decline}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(said.body)
    if said.calendar:
        content, method = said.calendar
        about = {"method": method, "charset": "utf-8"}
        message.add_attachment(content, maintype="text", subtype="calendar", filename="kallelse.ics", params=about)
    return message


def send(settings: Settings, message: EmailMessage) -> None:
    """Hand a mail to the configured server; without one nothing is sent.

    Raises Later when nothing was handed over, Refused when it was not taken or nobody knows whether it was.
    """
    if settings.smtp_url is None:
        return
    with _connected(settings.smtp_url) as server:
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(next(iter(error.recipients.values()))[0]) from error
        except smtplib.SMTPResponseException as error:
            raise _judged(error.smtp_code) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Refused from error


def _judged(code: int) -> Exception:
    return Later() if code in TRY_LATER else Refused()


@contextmanager
def _connected(smtp_url: str) -> Iterator[smtplib.SMTP]:
    """Lend a connection that is ready for a letter."""
    try:
        server = _opened(urlsplit(smtp_url))
    except (smtplib.SMTPException, OSError) as error:
        raise Later from error
    try:
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _opened(url: SplitResult) -> smtplib.SMTP:
    """Connect, under TLS where the server offers that; a password goes to no other machine without it."""
    host, trusted, name = url.hostname or "localhost", ssl.create_default_context(), url.username
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=trusted)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)
    try:
        server.ehlo_or_helo_if_needed()
        if url.scheme != "smtps" and (server.has_extn("starttls") or (name and host not in LOOPBACK)):
            server.starttls(context=trusted)
        if name:
            server.login(unquote(name), unquote(url.password or ""))
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
    return server
