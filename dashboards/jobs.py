"""The handlers of the jobs (jobb): each works in one forum at a time, as that forum's own work and nobody's member."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial
from urllib.parse import unquote, urlsplit
from uuid import UUID

from procrastinate import App, PsycopgConnector, RetryStrategy
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.foundation.jobs import QUEUE, JobName
from forum.foundation.language import N_, text
from forum.foundation.settings import Settings
from forum.people import accounts

Handler = Callable[[Session, Settings, dict[str, str]], None]
AGAIN = RetryStrategy(max_attempts=6, exponential_wait=5)
"""What fails is tried again after 5 seconds, 25, 2 minutes … an hour: a mail server may be away for a while."""
TAKE_UP = "take_up"
TIMEOUT = 30


def mail_link(session: Session, settings: Settings, args: dict[str, str]) -> None:
    """Mail a person a one-time link to set a password; the link is made now, so that no queue ever holds it."""
    account = accounts.of(session, UUID(args["account"]))
    link = f"{settings.base_url.rstrip('/')}/lank/{accounts.invite_link(session, account.id)}"
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, account.email
    message["Subject"] = text(N_("Choose a password for Trygghetsforum"), account.language)
    body = N_("Open this link within 24 hours and choose a password:\n\n%(link)s\n\nIt can be used once.")
    message.set_content(text(body, account.language, link=link))
    send(settings, message)


HANDLERS: dict[JobName, Handler] = {JobName.MAIL_LINK: mail_link}


def send(settings: Settings, message: EmailMessage) -> None:
    """Send a mail through the configured server, under TLS where it offers that; without a server nothing is sent."""
    if settings.smtp_url is None:
        return
    url, trusted = urlsplit(settings.smtp_url), ssl.create_default_context()
    host = url.hostname or "localhost"
    with (
        smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=trusted)
        if url.scheme == "smtps"
        else smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)
    ) as server:
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls") and url.scheme != "smtps":
            server.starttls(context=trusted)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def application(settings: Settings, sessions: sessionmaker[Session]) -> App:
    """Return the queue's application, with a task for every kind of job."""
    assert settings.database_url is not None
    url = make_url(settings.database_url).set(drivername="postgresql")
    connector = PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False), kwargs={"options": "-c search_path=jobs,public"}
    )
    app = App(connector=connector)
    for name, handler in HANDLERS.items():
        app.task(name=name.value, queue=QUEUE, retry=AGAIN)(_in_its_forum(handler, settings, sessions))
    app.periodic(cron="* * * * *")(app.task(name=TAKE_UP, queue=QUEUE)(partial(_take_up, app)))
    return app


async def _take_up(app: App, **_: int) -> None:
    await take_up(app)


async def take_up(app: App) -> None:
    """Take up again what a killed worker has left; it would hold up its forum's other jobs for ever."""
    for job in await app.job_manager.get_stalled_jobs(queue=QUEUE):
        await app.job_manager.retry_job(job)


def _in_its_forum(handler: Handler, settings: Settings, sessions: sessionmaker[Session]) -> Callable[..., None]:
    def run(forum: str, **args: str) -> None:
        with sessions() as session:
            rights.become(session, rights.Principal(system=UUID(forum)))
            handler(session, settings, args)
            session.commit()

    return run


def work(settings: Settings, sessions: sessionmaker[Session]) -> None:
    """Work the queue until a signal ends it."""
    application(settings, sessions).run_worker(queues=[QUEUE], delete_jobs="successful", shutdown_graceful_timeout=3)
