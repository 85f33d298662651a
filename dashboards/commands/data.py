"""Where a command finds its data (datakällan): a named server, or the private cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from pydantic import SecretStr

from forum.foundation.cluster import PrivateCluster, reach, secret
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.foundation.settings import Settings, settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

F = TypeVar("F", bound=Callable[..., Any])


def data_dir_option(command: F) -> F:
    """Add the option --data-dir to a command."""
    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="Where the private database stands. Default: TRYGG_DATA_DIR, else the user's own place.",
    )(command)


@contextmanager
def configured(data_dir: Path | None) -> Iterator[Settings]:
    """Lend complete settings to a command: of the server that is named, else of the private cluster.

    The cluster is the running one, or is started, and its tables brought to this version, for the command's time.
    """
    found = settings()
    if found.database_url is not None:
        yield with_secret(found)
        return
    with reach(data_dir or found.data_dir) as cluster:
        if cluster.pid is not None:
            from forum.foundation.database import migrate

            migrate(cluster.owner_url)
        yield of_cluster(found, cluster)


def with_secret(found: Settings) -> Settings:
    """Return the settings of a named server, or refuse: its journal cannot be signed without a key."""
    if found.secret_key is None:
        message = N_("TRYGG_DATABASE_URL names a server, but there is no TRYGG_SECRET_KEY.")
        remedy = N_("Set one of at least 32 random characters, the same for every process.")
        raise Invalid(message, remedy=remedy)
    return found


def of_cluster(found: Settings, cluster: PrivateCluster) -> Settings:
    """Return the settings completed by a private cluster's addresses and secret."""
    own = {
        "data_dir": cluster.data_dir,
        "database_url": cluster.app_url,
        "owner_database_url": cluster.owner_url,
        "secret_key": found.secret_key or SecretStr(secret(cluster.data_dir)),
    }
    return found.model_copy(update=own)


def sessions_of(found: Settings) -> sessionmaker[Session]:
    """Return the maker of sessions on the configured database; what they do is journaled under its key."""
    from forum.foundation import journal
    from forum.foundation.database import make_engine, make_sessions

    if found.database_url is None or found.secret_key is None:
        raise TypeError("settings without a database: pass what configured() lends")
    sessions = make_sessions(make_engine(found.database_url))
    journal.keep(sessions, journal.Keeper(found.secret_key.get_secret_value(), found.anchors))
    return sessions
