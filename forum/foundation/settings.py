"""What is configured: one frozen class, from the environment with the prefix TRYGG_ (inställningar)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from forum.foundation.errors import Invalid, raise_all
from forum.foundation.language import N_

SECRET = {"database_url", "owner_database_url", "secret_key", "smtp_url"}
"""Settings that can hold a password; what they say is never repeated."""
SYSTEM_DATA = Path("/var/lib/trygghetsforum/data")
"""Where the data stand when the program is started as root."""


def _data_dir() -> Path:
    if os.geteuid() == 0:
        return SYSTEM_DATA
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "trygghetsforum"


def _of_tiles(address: str) -> str:
    """Return a web address with the places {z}, {x} and {y} of a tile after its host; refuses any other."""
    where = urlsplit(address)
    places = sorted(name for _, name, _, _ in Formatter().parse(address) if name is not None)
    if where.scheme not in {"http", "https"} or not where.hostname or {*"{}@"} & {*where.netloc} or places != [*"xyz"]:
        raise ValueError("give the address of a tile server with {z}, {x} and {y} in its path")
    return address


class Settings(BaseSettings):
    """Everything that an installation may set."""

    model_config = SettingsConfigDict(env_prefix="TRYGG_", env_ignore_empty=True, frozen=True, extra="ignore")

    database_url: str | None = None
    """The application role's URL; without it the program owns a private cluster in `data_dir`."""
    owner_database_url: str | None = None
    """The owner role's URL, for migrations on a server of your own."""
    data_dir: Path = _data_dir()
    secret_key: SecretStr | None = None
    """Signs the journal and the forms; a private cluster makes its own."""
    base_url: str = "http://127.0.0.1:8000"
    """The address that people use; its scheme decides whether cookies are `Secure`."""
    smtp_url: str | None = None
    """smtp://user:password@host:port; without it nothing is mailed, and one-time links are shown on the page alone."""
    mail_from: str = "trygghetsforum@localhost"
    anchor_dir: Path | None = None
    """Where the journal's heads are anchored, outside the database; default `data_dir`/anchors."""
    web_processes: int = 1
    tile_url: Annotated[str, AfterValidator(_of_tiles)] | None = None
    """https://tiles.example.org/{z}/{x}/{y}.png: a map to lie under ours, fetched and kept by this server alone."""
    tile_credit: str = ""
    """Whose map that is; it stands below every map."""

    @property
    def anchors(self) -> Path:
        """Return the folder of the journal's anchors."""
        return self.anchor_dir or self.data_dir / "anchors"


@cache
def settings() -> Settings:
    """Return this process's settings, read once; raises Invalid for one that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        raise_all([_refused(fault) for fault in error.errors(include_url=False)])
        raise


def _refused(fault: ErrorDetails) -> Invalid:
    name = str(fault["loc"][0])
    value = None if name in SECRET else fault["input"]
    remedy = N_("Change it, or take it away: the program then goes on without it.")
    return Invalid(N_("This setting cannot be used."), field=f"TRYGG_{name.upper()}", value=value, remedy=remedy)
