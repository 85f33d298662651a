"""Accounts of people who sign in (konton): personal data, kept apart from the register.

Everything that proves who somebody is stands in `credentials`: a password as an Argon2id hash; a browser session, an
API token and a one-time link as the SHA-256 of a random secret that only its owner has.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, rights
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Invalid, NotSignedIn
from forum.foundation.language import N_
from forum.foundation.plain import storable

LINK_LIFE = timedelta(hours=24)
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=60)
TOUCH = timedelta(minutes=1)
"""How seldom a session's last use is written down."""
PASSWORD_LENGTH = (12, 200)
SLOWEST = 2.0
"""Seconds that a sign-in waits at most after many failures; it never locks out."""
SHOWN = "shown"
"""Marks a one-time link that an administrator has seen."""
NAME_LENGTH = 120
EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"]{1,64}@[^@\s.,;:<>()\[\]\\\"]+(\.[^@\s.,;:<>()\[\]\\\"]+)+")
"""One address alone: what separates addresses in the head of a mail, or comments on them, is no part of one."""

HASHER = PasswordHasher()
NOBODYS_HASH = HASHER.hash(secrets.token_hex())
"""Checked when there is no such account, so that the answer takes the same time."""

FIND = text("SELECT * FROM find_credential(:kind, :key)")
FAILURES_OF = text("SELECT failures_of(:key)")
NOTE_FAILURE = text("SELECT note_failure(:key)")
FORGET_FAILURES = text("SELECT forget_failures()")
ACCOUNT_OF = text("SELECT account_of(:email, :name)")
DEMO_ACCOUNT = text("SELECT demo_account(:email)")
IS_FRESH = text("SELECT account_is_fresh(:id)")


class Account(Base):
    """A person who signs in; `shown_to` is the forum or the edition whose leader was shown a link to it."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="sv")
    shown_to: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


class Credential(Base):
    """Something that proves who an account's owner is."""

    __tablename__ = "credentials"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    account_id: Mapped[UUID]
    kind: Mapped[str]
    key: Mapped[str]
    secret: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    used_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    expires_at: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True)
class Proof:
    """A credential as it was found before anybody was signed in."""

    id: UUID
    account_id: UUID
    secret: str | None
    created_at: datetime
    used_at: datetime
    expires_at: datetime | None

    def holds(self, kind: str) -> bool:
        """Tell whether it is still valid."""
        now = clock.now()
        if self.expires_at is not None and self.expires_at <= now:
            return False
        return kind != "session" or self.used_at > now - SESSION_IDLE


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def checked_email(email: str) -> str:
    """Return the address in small letters; refuses what is none."""
    email = _address(email)
    if not EMAIL.fullmatch(email):
        remedy = N_("Write it as name@example.org.")
        raise Invalid(N_("This is not an e-mail address."), field="email", value=email, remedy=remedy)
    return email


def account_of(session: Session, *, email: str, name: str = "") -> UUID:
    """Return the account of the address, made if there was none; nobody is told which."""
    name = " ".join(storable(name, "name").split())
    if len(name) > NAME_LENGTH:
        remedy = N_("Write at most %(most)s characters.")
        raise Invalid(N_("The name is too long."), field="name", value=name, remedy=remedy, most=NAME_LENGTH)
    found: UUID = session.scalars(ACCOUNT_OF, {"email": checked_email(email), "name": name}).one()
    return found


def is_fresh(session: Session, account_id: UUID) -> bool:
    """Tell whether nobody has used the account and it is in no other forum."""
    return bool(session.scalar(IS_FRESH, {"id": account_id}))


def invite_link(session: Session, account_id: UUID) -> str:
    """Return the secret of a one-time link, valid for 24 hours, with which its owner sets a password."""
    return _issue(session, account_id, "link", clock.now() + LINK_LIFE)


def create_token(session: Session, account_id: UUID) -> str:
    """Return a bearer token for the API; it is shown once and kept only as a digest."""
    return _issue(session, account_id, "token", None)


def set_password(session: Session, link: str, password: str) -> UUID:
    """Set the password with a one-time link, which is used up; other sessions of the account end."""
    proof = _find(session, "link", digest(link))
    if proof is None or not proof.holds("link"):
        raise _used_up()
    fewest, most = PASSWORD_LENGTH
    storable(password, "password")
    if not fewest <= len(password) <= most:
        message = N_("The password must have %(fewest)s to %(most)s characters.")
        raise Invalid(message, field="password", remedy=N_("Choose a longer one, for example four words."),
                      fewest=fewest, most=most)  # fmt: skip
    rights.become(session, rights.Principal(account=proof.account_id))
    if session.scalar(delete(Credential).where(Credential.id == proof.id).returning(Credential.id)) is None:
        raise _used_up()  # in another window, just now
    account = session.get_one(Account, proof.account_id)
    if proof.secret != SHOWN:
        account.shown_to = None
    session.execute(delete(Credential).where(Credential.kind.in_(("link", "session", "password"))))
    hashed = HASHER.hash(password)
    session.add(Credential(account_id=account.id, kind="password", key=account.email, secret=hashed))
    session.flush()
    return account.id


def _used_up() -> NotSignedIn:
    remedy = N_("Ask the administrator of your forum for a new link.")
    return NotSignedIn(N_("This link has been used or is too old."), remedy=remedy)


def sign_in(session: Session, email: str, password: str) -> UUID:
    """Return the account of the address and password; failures slow down and never lock out.

    An address without an account takes the same steps in the same time.
    """
    key = _address(email)
    proof = _find(session, "password", key)
    slow_down(session, key)
    try:
        HASHER.verify((proof.secret if proof else None) or NOBODYS_HASH, storable(password, "password"))
    except VerifyMismatchError:
        proof = None
    if proof is None:
        note_failure(session, key)
        remedy = N_("Check both, or ask the administrator of your forum for a new link.")
        raise NotSignedIn(N_("The e-mail address and the password do not match."), field="password", remedy=remedy)
    rights.become(session, rights.Principal(account=proof.account_id))
    session.execute(FORGET_FAILURES)
    return proof.account_id


def failures(session: Session, key: str) -> int:
    """Return how often it failed within the last hour under this key."""
    failed: int = session.scalars(FAILURES_OF, {"key": key}).one()
    return failed


def note_failure(session: Session, key: str) -> None:
    """Count a failure under this key."""
    session.execute(NOTE_FAILURE, {"key": key})


def slow_down(session: Session, key: str) -> None:
    """Wait, the longer the more often it failed; never so long that anybody is locked out."""
    failed = failures(session, key)
    time.sleep(min(SLOWEST, 0.05 * 2 ** min(failed, 10)) if failed else 0)


def demo_account(session: Session, email: str) -> UUID | None:
    """Return the account of one of the demo's people; in a real forum there is none."""
    found: UUID | None = session.scalar(DEMO_ACCOUNT, {"email": _address(email)})
    return found


def start_session(session: Session, account_id: UUID) -> str:
    """Return the secret of a new browser session of the account."""
    rights.become(session, rights.Principal(account=account_id))
    return _issue(session, account_id, "session", clock.now() + SESSION_LIFE)


def end_session(session: Session, secret: str) -> None:
    """End the browser session."""
    session.execute(delete(Credential).where(Credential.kind == "session", Credential.key == digest(secret)))


def whose(session: Session, kind: str, secret: str, *, in_use: bool = True) -> UUID:
    """Return the account whose session or token this is, and let the session act for it.

    `in_use` is False where nobody does anything: what a page asks by itself keeps no session from ending.
    """
    proof = _find(session, kind, digest(secret))
    if proof is None or not proof.holds(kind):
        raise NotSignedIn
    rights.become(session, rights.Principal(account=proof.account_id))
    touch(session, proof, in_use=in_use)
    return proof.account_id


def touch(session: Session, proof: Proof, *, in_use: bool) -> None:
    """Write down that the session or token is in use, now and then."""
    if in_use and proof.used_at < clock.now() - TOUCH:
        session.execute(update(Credential).where(Credential.id == proof.id).values(used_at=clock.now()))


def of(session: Session, account_id: UUID) -> Account:
    """Return the signed-in account."""
    return session.get_one(Account, account_id)


def by_email(session: Session, email: str) -> Account | None:
    """Return the account of an address, as far as the reader may see it."""
    return session.scalar(select(Account).where(Account.email == _address(email)))


def speak(session: Session, account_id: UUID, language: str) -> None:
    """Choose the language in which the account's owner reads."""
    session.execute(update(Account).where(Account.id == account_id).values(language=language))


def _address(email: str) -> str:
    return storable(email, "email").strip().lower()


def _find(session: Session, kind: str, key: str) -> Proof | None:
    row = session.execute(FIND, {"kind": kind, "key": key}).mappings().first()
    return Proof(**row) if row else None


def _issue(session: Session, account_id: UUID, kind: str, expires_at: datetime | None) -> str:
    secret = secrets.token_urlsafe(32)
    issued = {"account_id": account_id, "kind": kind, "key": digest(secret), "expires_at": expires_at}
    session.connection().execute(insert(Credential).inline().values(**issued))
    return secret
