"""Whether the program lives and is ready."""

from __future__ import annotations

from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from dashboards.app import create_app
from forum.foundation.cluster import PrivateCluster
from forum.foundation.database import make_engine, make_sessions
from forum.foundation.settings import Settings
from tests.api.conftest import ClientOf
from tests.conftest import SECRET


def test_it_lives_and_is_ready(client_of: ClientOf) -> None:
    assert client_of(None).get("/healthz").json() == {"status": "ok"}
    ready = client_of(None).get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "warnings": []})


def test_tables_of_another_version_are_not_ready(client_of: ClientOf, superuser: Engine) -> None:
    with superuser.connect() as connection:
        head = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        try:
            ready = client_of(None).get("/readyz")
        finally:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
    assert client_of(None).get("/readyz").status_code == 200


def test_a_slow_search_is_told_of(client_of: ClientOf, superuser: Engine) -> None:
    with superuser.connect() as connection:
        connection.execute(text("ALTER FUNCTION ts_match_vq(tsvector, tsquery) NOT LEAKPROOF"))
        try:
            ready = client_of(None).get("/readyz")
        finally:
            connection.execute(text("ALTER FUNCTION ts_match_vq(tsvector, tsquery) LEAKPROOF"))
    assert ready.status_code == 200
    assert "ts_match_vq" in ready.json()["warnings"][0]


def test_without_its_database_it_lives_but_is_not_ready(cluster: PrivateCluster) -> None:
    nowhere = make_url(cluster.app_url).set(database="nowhere").render_as_string(hide_password=False)
    engine = make_engine(nowhere)
    app = create_app(Settings(secret_key=SecretStr(SECRET)), make_sessions(engine))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
    engine.dispose()
