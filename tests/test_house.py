"""The house itself: locks, package, containers, set-up; what a reader of the repository relies on."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from forum.foundation import postgres
from tests.source import PACKAGES, ROOT, imported, modules

LOCKS = ("run.txt", "dev.txt", "bench.txt", "node.txt")
PEERS_SCRIPT = ROOT / "benchmarks" / "peers_analyses.py"
"""Runs in the environment of the benchmarks' peers and nowhere else."""


def tracked() -> list[Path]:
    """Return the files that are, or would be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def found_in_texts(pattern: str) -> list[str]:
    return [f"{path}: {hit[0]}" for path, text in texts() for hit in re.finditer(pattern, text)]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def compose() -> dict[str, Any]:
    settings: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return settings


def test_no_tracked_file_names_the_address_of_an_index() -> None:
    indexes = r"--(?:extra-)?index[-]url|pypi\.(?:org|python)|pythonhosted\.org|registry\.npmjs|deb\.debian\.org"
    assert found_in_texts(indexes) == []


def test_no_tracked_file_names_a_place_of_one_machine() -> None:
    assert found_in_texts(r"(?<![\w.~])/(?:work|root|home/[a-z]+)/[\w.-]+") == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_its_hashes(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text().replace("\\\n", " ").splitlines()
    assert len(lines) >= 1
    for line in lines:
        assert re.match(r"[a-z0-9-]+==[\w.]+( ; [^-]+)?( +--hash=sha256:[0-9a-f]{64})+$", line), line[:80]


def test_the_locks_hold_what_the_project_asks_for() -> None:
    asked = project()["project"]
    for name, wanted in (
        ("run.txt", asked["dependencies"]),
        ("dev.txt", asked["dependencies"] + asked["optional-dependencies"]["dev"]),
    ):
        locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        assert {re.split(r"[\[><=]", entry)[0] for entry in wanted} <= locked


def test_what_runs_is_the_same_version_with_and_without_the_tools() -> None:
    run, dev = (
        dict(re.findall(r"^([a-z0-9-]+)==([\w.]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("run.txt", "dev.txt")
    )
    assert run.items() <= dev.items()


@pytest.mark.parametrize(("lock", "folders"), [("run.txt", PACKAGES), ("dev.txt", ("tests", "benchmarks"))])
def test_every_library_that_is_imported_is_locked(lock: str, folders: tuple[str, ...]) -> None:
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / lock).read_text(), re.MULTILINE))
    ours = {*PACKAGES, "tests", "benchmarks", "__future__"} | sys.stdlib_module_names
    givers = packages_distributions()
    for path in set(modules(*folders)) - {PEERS_SCRIPT}:
        for name in {line.split(".")[0] for line in imported(path)} - ours:
            offered = {re.sub(r"[-_.]+", "-", giver).lower() for giver in givers.get(name, [])}
            assert offered & locked, f"{path.relative_to(ROOT)} imports {name}, which {lock} does not bring"


def test_the_peers_libraries_are_locked_for_their_own_environment() -> None:
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "bench.txt").read_text(), re.MULTILINE))
    called = {"sklearn": "scikit-learn"}
    names = {line.split(".")[0] for line in imported(PEERS_SCRIPT)} - {"__future__"} - sys.stdlib_module_names
    assert {called.get(name, name).lower() for name in names} <= locked


def test_running_takes_no_test_tools() -> None:
    run = (ROOT / "requirements" / "run.txt").read_text()
    assert not re.search(r"^(pytest|playwright|ruff|mypy|hypothesis|coverage)", run, re.MULTILINE)


def test_every_browser_library_has_a_hash_and_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    libraries = {name: entry for name, entry in packages.items() if name}
    assert "node_modules/maplibre-gl" in libraries
    for name, entry in libraries.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name


def test_browser_libraries_are_named_by_exact_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert versions
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def test_the_wheel_carries_everything_that_the_program_reads(tmp_path: Path) -> None:
    source = tmp_path / "source"
    files = [path.relative_to(ROOT) for path in tracked()]
    for path in files:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    options = f"-m pip wheel -q --no-deps --no-build-isolation -w {tmp_path} {source}"
    subprocess.run([sys.executable, *options.split()], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {str(path) for path in files if path.parts[0] in PACKAGES}
    assert ours <= packed
    assert not any(name.startswith("tests") for name in packed)


def test_the_containers_make_the_same_roles_as_the_private_cluster() -> None:
    mounts = compose()["services"]["db"]["volumes"]
    assert "./forum/data/roles.sql:/docker-entrypoint-initdb.d/20-roles.sql:ro" in mounts
    for mount in mounts[1:]:
        assert (ROOT / mount.split(":")[0]).is_file()


def test_the_containers_database_is_made_like_the_private_one() -> None:
    given = set(compose()["services"]["db"]["environment"]["POSTGRES_INITDB_ARGS"].split())
    wanted = {option for option in postgres.INITDB if option.startswith(("--data-", "--encoding", "--lc", "--locale"))}
    assert len(wanted) == 5
    assert wanted <= given


def test_only_the_proxy_is_reached_from_outside() -> None:
    services = compose()["services"]
    assert set(services) == {"db", "migrate", "web", "worker", "proxy"}
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["db"]["networks"] == ["data"]
    assert compose()["networks"]["data"] == {"internal": True}


def test_every_container_is_read_only_and_watched() -> None:
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        assert "healthcheck" in service or name == "web", name  # the image brings the web's own
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_no_secret_stands_in_the_containers_file() -> None:
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|URL", name) and name != "TRYGG_BASE_URL":
                assert "${" in value, name


def test_the_image_runs_as_nobody_in_particular_and_installs_by_hash() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER 10001:10001" in lines
    assert all(re.fullmatch(r"FROM [a-z]+:[\w.-]+( AS [a-z]+)?", line) for line in lines if line.startswith("FROM"))
    installs = [line for line in lines if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line or "--no-build-isolation ." in line for line in installs)


def test_the_image_has_the_libraries_of_the_system_that_the_set_up_brings() -> None:
    asked = (ROOT / "setup" / "setup.sh").read_text().splitlines()
    brought = {line.split("echo ")[1].split()[0] for line in asked if line.lstrip().startswith("some '/usr/lib/")}
    libraries = {name for name in brought if name.startswith("lib")}
    assert len(libraries) == 2
    _, _, image = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")
    assert libraries <= set(image.split())
    assert "MPLCONFIGDIR=/tmp/matplotlib" in image  # nothing else of it can be written


def test_make_lists_its_targets() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("setup", "run", "test", "check", "bench", "bare"):
        assert re.search(rf"make {target} +\w", said), target


def test_the_continuous_integration_runs_make_check() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().splitlines()[-1] == "exec make check"


def test_every_ignored_rule_is_explained() -> None:
    lint = (ROOT / "pyproject.toml").read_text().split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.isort]")[0]
    ignored = [line for line in lint.split("ignore = [", 1)[1].splitlines() if re.match(r'    "[A-Z]+\d+",', line)]
    assert len(ignored) > 5
    bare = [line for line in ignored if "#" not in line]
    assert bare == []
