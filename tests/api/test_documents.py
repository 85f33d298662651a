"""Documents over HTTP: asked for, worked by a job, taken along by whoever asked and by nobody else."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, sessionmaker

from dashboards import jobs
from dashboards.jobs import Work
from forum.foundation import rights
from forum.foundation.settings import Settings
from forum.people.agreements import today
from tests.api.conftest import ClientOf, check_refusal
from tests.builders import World

URL = "/api/v1/forums/farsta/documents"
YEAR = today().year


def test_the_yearly_report_comes_as_both_files_to_whoever_asked(
    client_of: ClientOf, lasting: World, sessions: sessionmaker[Session]
) -> None:
    coordinator = client_of("coordinator")
    asked = coordinator.post(URL, json={"kind": "council", "year": YEAR, "language": "en"})
    assert asked.status_code == 202, asked.text
    waiting = asked.json()
    assert (waiting["status"], waiting["hashes"], waiting["first"]) == ("waiting", {}, f"{YEAR}-01-01")
    address = f"{URL}/{waiting['id']}"
    assert coordinator.get(f"{address}/file.pdf").status_code == 404
    assert coordinator.post(URL, json={"kind": "council", "year": YEAR, "language": "en"}).json()["id"] == waiting["id"]
    with sessions() as session:
        rights.become(session, rights.Principal(system=lasting.forum_id))
        work = Work(session, sessions, Settings(), lambda: False)
        jobs.print_document(work, {"document": str(UUID(waiting["id"])), "slug": "farsta"})
        session.commit()
    done = coordinator.get(address).json()
    assert done["status"] == "done"
    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        content = coordinator.get(f"{address}/file.{form}").content
        assert content.startswith(begins)
        assert hashlib.sha256(content).hexdigest() == done["hashes"][form]
    assert [each["id"] for each in coordinator.get(URL).json()["documents"]] == [waiting["id"]]
    assert client_of("officer").get(URL).json()["documents"] == []
    assert client_of("officer").get(address).status_code == 404
    assert client_of("officer").post(URL, json={"kind": "council", "year": YEAR}).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "council"}, "year"),
        ({"kind": "council", "year": YEAR + 1}, "year"),
        ({"kind": "council", "year": YEAR, "first": "2026-01-01"}, "first"),
        ({"kind": "picture", "first": "2026-01-01"}, "last"),
        ({"kind": "picture", "first": "2026-02-01", "last": "2026-01-01"}, ""),
        ({"kind": "compiled", "first": "2026-01-01", "last": "2026-01-31", "audience": "public"}, "audience"),
        ({"kind": "minutes", "year": YEAR}, "kind"),
    ],
)
def test_what_cannot_be_printed_is_refused_at_its_field(
    client_of: ClientOf, body: dict[str, object], field: str
) -> None:
    check_refusal(client_of("coordinator").post(URL, json=body), field)
