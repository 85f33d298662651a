"""What is configured: one frozen class, from the environment with the prefix TRYGG_ (inställningar)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SYSTEM_DATA = Path("/var/lib/trygghetsforum/data")
"""Where the data stand when the program is started as root."""


def _data_dir() -> Path:
    if os.geteuid() == 0:
        return SYSTEM_DATA
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "trygghetsforum"


class Settings(BaseSettings):
    """Everything that an installation may set."""

    model_config = SettingsConfigDict(env_prefix="TRYGG_", frozen=True, extra="ignore")

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
    """smtp://user:password@host:port; without it one-time links are shown to the administrator only."""
    mail_from: str = "trygghetsforum@localhost"
    anchor_dir: Path | None = None
    """Where the journal's heads are anchored, outside the database; default `data_dir`/anchors."""
    web_processes: int = 1

    @property
    def anchors(self) -> Path:
        """Return the folder of the journal's anchors."""
        return self.anchor_dir or self.data_dir / "anchors"


@cache
def settings() -> Settings:
    """Return this process's settings, read once."""
    return Settings()
