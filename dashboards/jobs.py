"""The handlers of the jobs (jobb): each works in one forum or one edition of the prize, as its own work alone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from uuid import UUID

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import JobAborted
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from dashboards import importer, post, printing, prize_post, sealing
from forum.foundation import clock, jobs, rights
from forum.foundation.jobs import QUEUE, JobName
from forum.foundation.language import N_, text
from forum.foundation.settings import Settings
from forum.people import accounts, forums, letters, members
from forum.people.agreements import today
from forum.prize import jury, nominators
from forum.prize import letters as prize_letters
from forum.register import imports
from forum.work import digests, documents, invitations, links, news, publications
from mapping import publications as issuing
from mapping.periods import months_before


@dataclass(frozen=True)
class Work:
    """What a handler works with: a session that acts for the forum, more of them, and whether it has to stop."""

    session: Session
    sessions: sessionmaker[Session]
    settings: Settings
    stopping: Callable[[], bool]


Handler = Callable[[Work, dict[str, str]], None]
AGAIN = RetryStrategy(max_attempts=6, exponential_wait=5)
"""What fails is tried again after 5 seconds, 25, 2 minutes … an hour: a mail server may be away for a while."""
TAKE_UP, EACH_HOUR = "take_up", "each_hour"
HOURLY = (JobName.OVERDUE, JobName.DIGEST, JobName.PUBLISH)
"""What every forum looks for each hour."""
LOG = logging.getLogger(__name__)
SECONDS = 0.5
"""Between two signs of an import's progress."""
AT_ONCE = 3
"""Jobs that are worked side by side: a long import holds up no other forum's."""


def mail_link(work: Work, args: dict[str, str]) -> None:
    """Mail a person a one-time link to set a password; the link is made now, so that no queue ever holds it."""
    account = accounts.of(work.session, UUID(args["account"]))
    _mail(work.settings, account.email, account.language, accounts.invite_link(work.session, account.id))


def juror_link(work: Work, args: dict[str, str]) -> None:
    """Mail somebody in a jury such a link."""
    edition_id = rights.principal_of(work.session).edition
    assert edition_id is not None
    secret, email, language = jury.make_link(work.session, jury.held(work.session, edition_id, UUID(args["office"])))
    if secret is not None:
        _mail(work.settings, email, language, secret)


def _mail(settings: Settings, email: str, language: str, secret: str) -> None:
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, email
    message["Subject"] = text(N_("Choose a password for Trygghetsforum"), language)
    body = N_("Open this link within 24 hours and choose a password:\n\n%(link)s\n\nIt can be used once.")
    message.set_content(text(body, language, link=f"{settings.base_url.rstrip('/')}/lank/{secret}"))
    post.send(settings, message)


def import_file(work: Work, args: dict[str, str]) -> None:
    """Import a file that was kept, all or nothing; what a killed worker has left is begun anew."""
    session, import_id = work.session, UUID(args["import"])
    kept = imports.begin(session, import_id)
    if kept is None:
        return
    session.commit()  # it can be seen that the work has begun
    try:
        importer.work(session, kept, args["slug"], _Progress(work, kept))
    except JobAborted:
        raise
    except Exception:
        session.rollback()
        imports.fail(session, import_id)
        session.commit()
        LOG.exception("the import %s broke off", import_id)


class _Progress:
    """Tells how far an import is, a few times a second, apart from the transaction that its rows wait in."""

    def __init__(self, work: Work, kept: imports.Import) -> None:
        self.work, self.lines, self.told_at = work, 0, 0.0
        self.forum_id, self.import_id = kept.forum_id, kept.id

    def __call__(self, lines: int) -> None:
        """Note that so many more lines are read; stops where the worker has to end."""
        self.lines += lines
        if self.work.stopping():
            raise JobAborted
        if time.monotonic() < self.told_at + SECONDS:
            return
        self.told_at = time.monotonic()
        with self.work.sessions() as session:
            rights.become(session, rights.Principal(system=self.forum_id))
            imports.note(session, self.import_id, self.lines)
            session.commit()


def print_document(work: Work, args: dict[str, str]) -> None:
    """Print a document; what a killed worker has left is begun anew."""
    session, document_id = work.session, UUID(args["document"])
    document = documents.begin(session, document_id)
    if document is None:
        return
    session.commit()  # it can be seen that the work has begun
    try:
        printing.work(session, document, args["slug"])
    except Exception:
        session.rollback()
        documents.fail(session, document_id)
        session.commit()
        LOG.exception("the document %s could not be printed", document_id)


def seal_minutes(work: Work, args: dict[str, str]) -> None:
    """Seal the minutes of a meeting that were adjusted."""
    sealing.seal(work.session, UUID(args["meeting"]), args["slug"])


def invite(work: Work, args: dict[str, str]) -> None:
    """Write the letters that call the members to a meeting."""
    invitations.write_letters(work.session, UUID(args["meeting"]))


def link(work: Work, args: dict[str, str]) -> None:
    """Write the letter that brings a link to a measure."""
    links.write_letter(work.session, UUID(args["link"]))


def notice(work: Work, args: dict[str, str]) -> None:
    """Write the letters of a notice."""
    news.write_letters(work.session, UUID(args["notice"]))


def overdue(work: Work, args: dict[str, str]) -> None:
    """Tell of the forum's measures whose day has passed."""
    news.note_overdue(work.session, members.system(work.session, UUID(args["id"]), "", ""))


def digest(work: Work, args: dict[str, str]) -> None:
    """Write the forum's letters about the last week."""
    digests.write_letters(work.session, UUID(args["id"]), clock.now())


def publish(work: Work, args: dict[str, str]) -> None:
    """Publish the forum's latest closed month, unless it has been or the forum was not there yet."""
    forum, month = forums.of_id(work.session, UUID(args["id"])), publications.last_closed(today())
    system = members.system(work.session, forum.id, forum.slug, forum.name)
    if forum.created_at < clock.midnight(months_before(month, -1)):
        issuing.issue(work.session, system, month)


def letter(work: Work, args: dict[str, str]) -> None:
    """Send one letter."""
    post.deliver(work.session, work.settings, UUID(args["letter"]))


def prize_letter(work: Work, args: dict[str, str]) -> None:
    """Send one letter about a nomination."""
    prize_post.deliver(work.session, work.settings, UUID(args["letter"]))


HANDLERS: dict[JobName, Handler] = {
    JobName.MAIL_LINK: mail_link,
    JobName.JUROR_LINK: juror_link,
    JobName.LETTER: letter,
    JobName.LINK: link,
    JobName.NOTICE: notice,
    JobName.OVERDUE: overdue,
    JobName.DIGEST: digest,
    JobName.INVITE: invite,
    JobName.PUBLISH: publish,
    JobName.IMPORT: import_file,
    JobName.PRINT: print_document,
    JobName.SEAL_MINUTES: seal_minutes,
    JobName.PRIZE_LETTER: prize_letter,
}


def application(settings: Settings, sessions: sessionmaker[Session]) -> App:
    """Return the queue's application, with a task for every kind of job."""
    assert settings.database_url is not None
    url = make_url(settings.database_url).set(drivername="postgresql")
    connector = PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False), kwargs={"options": "-c search_path=jobs,public"}
    )
    app = App(connector=connector)
    for name, handler in HANDLERS.items():
        task = _in_its_forum(handler, settings, sessions)
        app.task(name=name.value, queue=QUEUE, retry=AGAIN, pass_context=True)(task)
    app.periodic(cron="* * * * *")(app.task(name=TAKE_UP, queue=QUEUE)(partial(_look_after, app, sessions)))
    app.periodic(cron="13 * * * *")(app.task(name=EACH_HOUR, queue=QUEUE)(partial(each_hour, sessions)))
    return app


async def _look_after(app: App, sessions: sessionmaker[Session], **_: int) -> None:
    await take_up(app)
    await asyncio.to_thread(_forget, sessions)


def _forget(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        imports.forget(session)
        documents.forget(session)
        letters.forget(session)
        nominators.forget(session)
        session.commit()


def each_hour(sessions: sessionmaker[Session], **_: int) -> None:
    """Let every forum and edition see to what its clock brings: each is done once, however often it is looked for.

    Every hour rather than once a day: an hour without a worker delays nothing for a day, or a week.
    """
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        for forum_id in forums.ids(session):
            for name in HOURLY:
                jobs.defer(session, name, forum_id, id=str(forum_id))
        prize_letters.tell_outcomes(session)
        session.commit()


async def take_up(app: App) -> None:
    """Take up again what a killed worker has left; it would hold up its forum's other jobs for ever."""
    for job in await app.job_manager.get_stalled_jobs(queue=QUEUE):
        await app.job_manager.retry_job(job)


def _in_its_forum(handler: Handler, settings: Settings, sessions: sessionmaker[Session]) -> Callable[..., None]:
    def run(context: JobContext, forum: str = "", edition: str = "", **args: str) -> None:
        own = rights.Principal(edition=UUID(edition)) if edition else rights.Principal(system=UUID(forum))
        with sessions() as session:
            rights.become(session, own)
            handler(Work(session, sessions, settings, context.should_abort), args)
            session.commit()

    return run


def work(settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Work the queue until a signal ends it."""
    application(settings, sessions).run_worker(
        queues=[QUEUE], concurrency=AT_ONCE, delete_jobs="successful", shutdown_graceful_timeout=2
    )
