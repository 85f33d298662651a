"""Running the forum (drift): all of it in one process tree, or its parts on a server."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click

from dashboards.commands.data import configured, data_dir_option, of_cluster, sessions_of, with_secret
from dashboards.commands.tree import Child, end_on_signals, reviver, supervise
from forum.foundation.cluster import PrivateCluster
from forum.foundation.datadir import prepare, require_free
from forum.foundation.errors import Conflict, Invalid
from forum.foundation.language import N_
from forum.foundation.processes import become
from forum.foundation.settings import Settings, settings

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
port_option = click.option("--port", default=8000, show_default=True, help="The port; 0 takes a free one.")


@click.command()
@host_option
@port_option
@data_dir_option
@click.option("--demo/--no-demo", default=True, show_default=True, help="Make the invented demo forum.")
def run(host: str, port: int, data_dir: Path | None, demo: bool) -> None:
    """Migrate, serve and work the job queue, in one process tree.

    Without TRYGG_DATABASE_URL it runs a PostgreSQL of its own in --data-dir. Prints one line `ready http://H:P`
    when it answers. SIGTERM or Ctrl-C ends all of it.

    \b
    Example:
      trygghetsforum run --port 8080 --data-dir /srv/forum --no-demo
    """
    end_on_signals()
    if settings().database_url is None:
        require_free(data_dir or settings().data_dir)
    with ExitStack() as stack:
        listener = stack.enter_context(bound(host, port))  # first: it may need root
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        give_up_root(data_dir)
        cluster: PrivateCluster | None = None
        if settings().database_url is None:
            cluster = stack.enter_context(PrivateCluster(data_dir or settings().data_dir))
        found = of_cluster(settings(), cluster) if cluster else with_secret(settings())
        environment = environment_of(found, address)
        _prepare_database(found, environment, demo=demo)
        supervise(
            _parts(found, environment, listener),
            look=reviver(cluster),
            on_ready=lambda: click.echo(f"ready {address}"),
            address=address,
        )


def _prepare_database(found: Settings, environment: Mapping[str, str], *, demo: bool) -> None:
    if found.owner_database_url:
        owning = {**environment, "TRYGG_OWNER_DATABASE_URL": found.owner_database_url}
        Child("migrate", environment=owning).finish()
    if demo:
        Child("demo", environment=environment).finish()


def _parts(found: Settings, environment: Mapping[str, str], listener: socket.socket) -> list[Child]:
    descriptor = listener.fileno()
    serve = ("serve", "--socket", str(descriptor))
    web = [Child(*serve, environment=environment, files=[descriptor]) for _ in range(found.web_processes)]
    return [*web, Child("worker", environment=environment)]


def environment_of(found: Settings, address: str) -> dict[str, str]:
    """Return what the parts are told: all that is set, and where the data are; not the owner's address."""
    given = {name: value for name, value in os.environ.items() if name.startswith("TRYGG_")}
    given.pop("TRYGG_OWNER_DATABASE_URL", None)
    own = {"TRYGG_DATABASE_URL": found.database_url or "", "TRYGG_DATA_DIR": str(found.data_dir)}
    own["MPLCONFIGDIR"] = str(found.data_dir / "drawing")  # where the charts' library keeps what it knows of fonts
    if found.secret_key is not None:
        own["TRYGG_SECRET_KEY"] = found.secret_key.get_secret_value()
    return {"TRYGG_BASE_URL": address} | given | own


def give_up_root(data_dir: Path | None) -> None:
    """Go on as the user whose the data are, or become."""
    directory = data_dir or settings().data_dir
    if os.geteuid() == 0 or settings().database_url is None:
        become(prepare(directory))


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that holds the address, and refuses callers until somebody serves it."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        message = N_("%(host)s port %(port)s cannot be used: %(reason)s.")
        remedy = N_("Choose another with --host and --port.")
        raise Conflict(message, remedy=remedy, host=host, port=port, reason=error.strerror) from error
    return listener


def settle() -> None:
    """Keep what was loaded for good: it is not looked through for garbage again, as it was not while it was loaded."""
    gc.collect()
    gc.freeze()
    gc.enable()


@click.command()
@host_option
@port_option
@click.option("--socket", "descriptor", type=int, hidden=True, help="An open socket, from the supervisor.")
@data_dir_option
def serve(host: str, port: int, descriptor: int | None, data_dir: Path | None) -> None:
    """Serve pages and API; TLS is the business of a proxy in front.

    \b
    Example:
      TRYGG_DATABASE_URL=postgresql+psycopg://trygg_app:secret@db/trygg TRYGG_SECRET_KEY=... trygghetsforum serve
    """
    end_on_signals()
    listener = bound(host, port) if descriptor is None else socket.socket(fileno=descriptor)
    give_up_root(data_dir)
    with configured(data_dir) as found:  # what is refused here is refused before seconds of loading
        gc.disable()
        from api.warming import warm_up
        from dashboards.app import create_app
        from dashboards.server import Server

        sessions = sessions_of(found)
        app = create_app(found, sessions)
        warm_up(app, sessions)
        settle()
        Server(app).run(sockets=[listener])


@click.command()
@data_dir_option
def worker(data_dir: Path | None) -> None:
    """Work the job queue.

    \b
    Example:
      trygghetsforum worker --data-dir /srv/forum
    """
    end_on_signals()
    give_up_root(data_dir)
    with configured(data_dir) as found:
        gc.disable()
        from dashboards import jobs

        settle()
        jobs.work(found, sessions_of(found))


@click.command()
@data_dir_option
def migrate(data_dir: Path | None) -> None:
    """Bring the tables to this version; the owner's role does it (TRYGG_OWNER_DATABASE_URL).

    \b
    Example:
      trygghetsforum migrate --data-dir /srv/forum
    """
    from forum.foundation import database

    end_on_signals()
    give_up_root(data_dir)
    with configured(data_dir) as found:
        if found.owner_database_url is None:
            message = N_("TRYGG_OWNER_DATABASE_URL is not set.")
            raise Invalid(message, remedy=N_("Give the address of the role that owns the tables."))
        database.migrate(found.owner_database_url)
