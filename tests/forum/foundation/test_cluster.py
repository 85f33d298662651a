"""The private PostgreSQL with real servers: started, stopped, killed, orphaned, fought over."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from forum.foundation import postgres, processes
from forum.foundation.cluster import PrivateCluster, held_by, reach, secret
from forum.foundation.datadir import prepare, private, private_directory
from forum.foundation.errors import Busy, Conflict
from tests.proc import alive, wait_for

OWNING = """
import sys, time
from pathlib import Path
from forum.foundation.cluster import PrivateCluster
cluster = PrivateCluster(Path(sys.argv[1]), fsync=False)
cluster.start()
print(cluster.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    # not tmp_path: pytest closes that to everyone else, and PostgreSQL never runs as root
    path = Path(tempfile.mkdtemp(prefix="trygg-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def cluster(data_dir: Path) -> Iterator[PrivateCluster]:
    with PrivateCluster(data_dir, fsync=False) as running:
        yield running


def ask(url: str, question: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def test_what_was_written_is_there_after_a_restart(data_dir: Path) -> None:
    with PrivateCluster(data_dir, fsync=False) as first:
        with psycopg.connect(first.owner_url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        pid = first.pid
    assert pid is not None
    assert not alive(pid)
    with PrivateCluster(data_dir, fsync=False) as second:
        assert ask(second.owner_url, "SELECT answer FROM kept") == 42


def test_the_application_role_is_no_more_than_that(cluster: PrivateCluster) -> None:
    own = "pg_roles WHERE rolname = current_user"
    rights = f"SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole FROM {own}"
    memberships = f"SELECT count(*) FROM pg_auth_members WHERE member IN (SELECT oid FROM {own})"
    assert ask(cluster.app_url, "SELECT current_user") == "trygg_app"
    assert ask(cluster.app_url, rights) is False
    assert ask(cluster.app_url, memberships) == 0
    for schema in ("public", "jobs"):
        assert ask(cluster.app_url, f"SELECT has_schema_privilege('{schema}', 'CREATE')") is False
    for role in ("trygg_owner", "trygg_super"):
        assert ask(cluster.app_url, f"SELECT pg_has_role('{role}', 'MEMBER')") is False


def test_the_owner_may_make_tables_but_is_no_administrator(cluster: PrivateCluster) -> None:
    for schema in ("public", "jobs"):
        assert ask(cluster.owner_url, f"SELECT has_schema_privilege('{schema}', 'CREATE')") is True
    assert ask(cluster.owner_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_the_database_is_set_as_decided(cluster: PrivateCluster) -> None:
    expected = {
        "server_encoding": "UTF8",
        "lc_messages": "C",
        "TimeZone": "UTC",
        "data_checksums": "on",
        "listen_addresses": "",
        "search_path": "public, jobs",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "1min",
    }
    assert {name: ask(cluster.app_url, f"SHOW {name}") for name in expected} == expected


def test_swedish_letters_are_letters(cluster: PrivateCluster) -> None:
    assert ask(cluster.app_url, "SELECT lower('ÅÄÖ')") == "åäö"
    assert ask(cluster.app_url, "SELECT to_tsvector('swedish', 'Älgarna')::text") == "'älg':1"


def test_full_text_search_may_use_its_index_under_row_rights(cluster: PrivateCluster) -> None:
    leakproof = "SELECT proleakproof FROM pg_proc WHERE oid = 'ts_match_vq(tsvector, tsquery)'::regprocedure"
    assert ask(cluster.app_url, leakproof) is True


def test_the_extensions_are_there(cluster: PrivateCluster) -> None:
    found = ask(cluster.app_url, "SELECT array_agg(extname::text) FROM pg_extension")
    assert isinstance(found, list)
    assert {"postgis", "pg_trgm", "unaccent", "btree_gist"} <= set(found)


def test_fsync_is_on_unless_a_test_asks_otherwise(data_dir: Path) -> None:
    for fsync, said in ((True, "on"), (False, "off")):
        cluster = PrivateCluster(data_dir) if fsync else PrivateCluster(data_dir, fsync=False)
        with cluster:
            found = {
                ask(cluster.app_url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")
            }
            assert found == {said}


def test_nobody_else_may_enter_the_directories(cluster: PrivateCluster) -> None:
    for path in (cluster.data_dir, cluster.pgdata, cluster.socket_dir):
        assert path.stat().st_mode & 0o777 == 0o700, path


def test_another_user_of_the_machine_is_refused_also_behind_open_doors(cluster: PrivateCluster) -> None:
    rules = (cluster.pgdata / "pg_hba.conf").read_text()
    assert rules == "local all all peer map=trygg\n"
    mapped = {line.split()[1].strip('"') for line in (cluster.pgdata / "pg_ident.conf").read_text().splitlines()}
    assert mapped == {pwd.getpwuid(cluster.data_dir.stat().st_uid).pw_name, "root"}
    if os.geteuid() == 0:
        assert "Peer authentication failed" in _answer_to_nobody(cluster)


def _answer_to_nobody(cluster: PrivateCluster) -> str:
    socket = cluster.socket_dir / ".s.PGSQL.5432"
    for path in (cluster.data_dir, cluster.socket_dir, socket):
        path.chmod(0o777)
    try:
        psql = [
            postgres.programs() / "psql",
            "-h",
            cluster.socket_dir,
            "-U",
            "trygg_app",
            "-d",
            "trygg",
            "-c",
            "SELECT 1",
        ]
        return processes.run(psql, user=pwd.getpwnam("nobody")).stderr
    finally:
        for path in (socket, cluster.socket_dir, cluster.data_dir):
            path.chmod(0o700)


def test_a_second_owner_is_told_who_holds_the_data_and_since_when(cluster: PrivateCluster) -> None:
    with pytest.raises(Busy, match=rf"held by process {os.getpid()} since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d"):
        PrivateCluster(cluster.data_dir).start()
    assert held_by(cluster.data_dir) == os.getpid()
    assert ask(cluster.app_url, "SELECT 1") == 1


def test_nobody_holds_data_that_nothing_runs_on(data_dir: Path, tmp_path: Path) -> None:
    with PrivateCluster(data_dir, fsync=False):
        pass
    assert held_by(data_dir) is None
    assert held_by(tmp_path) is None


def test_a_short_command_uses_the_running_cluster_and_leaves_it_running(cluster: PrivateCluster) -> None:
    with reach(cluster.data_dir) as lent:
        assert ask(lent.app_url, "SELECT 1") == 1
        assert lent.pid is None
    assert ask(cluster.app_url, "SELECT 1") == 1


def test_a_short_command_starts_the_cluster_for_its_moment(data_dir: Path) -> None:
    with reach(data_dir) as lent:
        pid = lent.pid
        assert ask(lent.app_url, "SELECT 1") == 1
    assert pid is not None
    assert not alive(pid)


def test_a_killed_program_leaves_no_server_and_the_next_start_works(data_dir: Path) -> None:
    command = [sys.executable, "-c", OWNING, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as program:
        assert program.stdout is not None
        server = int(program.stdout.readline())
        assert alive(server)
        program.kill()
        program.wait()
        wait_for(lambda: not alive(server))
    with PrivateCluster(data_dir, fsync=False) as cluster:
        assert ask(cluster.app_url, "SELECT 1") == 1


def test_a_start_right_after_a_kill_waits_for_what_is_left(data_dir: Path) -> None:
    command = [sys.executable, "-c", OWNING, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as program:
        assert program.stdout is not None
        program.stdout.readline()
        program.kill()
        program.wait()
    with PrivateCluster(data_dir, fsync=False) as cluster:
        assert ask(cluster.app_url, "SELECT 1") == 1


def test_a_server_that_nobody_owns_is_ended_first(data_dir: Path) -> None:
    cluster = PrivateCluster(data_dir, fsync=False)
    user = prepare(data_dir)
    with cluster:
        pass
    processes.run(["/usr/bin/mkdir", "-m", "0700", cluster.socket_dir], user=user)
    options = f"-c listen_addresses= -c unix_socket_directories={cluster.socket_dir}"
    start = f"start -w -D {cluster.pgdata} -l {data_dir}/orphan.log -o".split()
    started = processes.run([postgres.programs() / "pg_ctl", *start, options], user=user)
    assert started.returncode == 0, started.stderr
    orphan = int((cluster.pgdata / "postmaster.pid").read_text().split()[0])
    with cluster:
        assert not alive(orphan)
        assert ask(cluster.app_url, "SELECT 1") == 1


def test_a_server_that_died_is_revived_without_letting_the_data_go(cluster: PrivateCluster) -> None:
    pid = cluster.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: cluster.pid is None)
    cluster.revive()
    assert ask(cluster.app_url, "SELECT 1") == 1
    assert cluster.pid != pid
    assert held_by(cluster.data_dir) == os.getpid()


def test_a_busy_backend_whose_server_was_killed_does_not_stop_the_next_start(data_dir: Path) -> None:
    cluster = PrivateCluster(data_dir, fsync=False)
    cluster.start()
    backends: list[int] = []
    busy = threading.Thread(target=_count_for_long, args=(cluster.owner_url, backends))
    busy.start()
    wait_for(lambda: bool(backends))
    assert cluster.pid is not None
    os.kill(cluster.pid, signal.SIGKILL)
    cluster.stop()
    with cluster:
        assert not alive(backends[0])
        assert ask(cluster.app_url, "SELECT 1") == 1
    busy.join()


def _count_for_long(url: str, backends: list[int]) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        backends.append(connection.info.backend_pid)
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT count(*) FROM generate_series(1, 10000000000)")


def test_a_long_data_path_still_gets_a_socket_that_the_kernel_takes() -> None:
    top = Path(tempfile.mkdtemp(prefix="trygg-"))
    top.chmod(0o755)
    path = top / ("å" * 60) / "data"
    path.parent.mkdir()
    try:
        with PrivateCluster(path, fsync=False) as cluster:
            socket = cluster.socket_dir / ".s.PGSQL.5432"
            assert len(os.fsencode(socket)) <= 107
            assert socket.is_socket()
            assert cluster.socket_dir.stat().st_mode & 0o777 == 0o700
            assert ask(cluster.app_url, "SELECT 1") == 1
        assert not cluster.socket_dir.exists()
    finally:
        shutil.rmtree(top)


def test_a_socket_directory_that_somebody_else_made_is_refused(data_dir: Path) -> None:
    cluster = PrivateCluster(data_dir, fsync=False)
    prepare(data_dir)
    cluster.socket_dir.mkdir()
    cluster.socket_dir.chmod(0o755)
    with pytest.raises(Conflict, match="is not a directory of"):
        cluster.start()
    assert held_by(data_dir) is None
    cluster.socket_dir.rmdir()


def test_a_cluster_whose_making_was_cut_short_is_made_anew() -> None:
    path = Path(tempfile.mkdtemp(prefix="trygg-"))
    prepare(path)
    (path / "postgres.making").mkdir()
    (path / "postgres.making" / "half").touch()
    with PrivateCluster(path, fsync=False) as cluster:
        assert ask(cluster.app_url, "SELECT 1") == 1
    assert not (path / "postgres.making").exists()
    shutil.rmtree(path)


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    with PrivateCluster(data_dir, fsync=False) as cluster:
        pass
    control = cluster.pgdata / "global" / "pg_control"
    control.rename(data_dir / "pg_control")
    with pytest.raises(Conflict, match="could not find the database system"):
        cluster.start()
    (data_dir / "pg_control").rename(control)


def test_data_of_a_version_that_is_not_installed_are_left_alone() -> None:
    with pytest.raises(Conflict, match="PostgreSQL 9 with PostGIS is not installed"):
        postgres.programs("9")


def test_the_secret_is_made_once_and_for_its_owner_only(data_dir: Path) -> None:
    user = prepare(data_dir)
    first = secret(data_dir)
    found = (data_dir / "secret").stat()
    assert secret(data_dir) == first
    assert len(first) >= 64
    assert (found.st_mode & 0o777, found.st_uid) == (0o600, user.pw_uid)


def test_a_secret_is_not_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("known to others")
    (tmp_path / "secret").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        secret(tmp_path)


def test_what_root_adds_to_the_data_belongs_to_their_owner(data_dir: Path) -> None:
    owner = prepare(data_dir).pw_uid
    private_directory(data_dir / "anchors")
    with open(data_dir / "anchors" / "head", "w", opener=private) as file:
        file.write("1")
    for path, mode in ((data_dir / "anchors", 0o700), (data_dir / "anchors" / "head", 0o600)):
        assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (owner, mode)


def test_a_child_whose_parent_died_before_it_could_ask_does_not_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    launcher = [sys.executable, "-I", "-S", "-c", processes.LAUNCHER, "1", "9", "/usr/bin/touch", str(mark)]
    assert subprocess.run(launcher, check=False).returncode == 1
    assert not mark.exists()
