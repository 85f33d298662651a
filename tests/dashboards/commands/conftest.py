"""The commands as an operator calls them, on the module's database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboards.commands import main
from forum.foundation.cluster import PrivateCluster
from forum.foundation.journal import Keeper
from forum.foundation.settings import settings
from tests.conftest import SECRET, on

Call = Callable[..., Result]


@pytest.fixture(scope="module")
def environment(cluster: PrivateCluster, database: str, keeper: Keeper) -> Mapping[str, str]:
    """Return the settings that name the module's database as a server's."""
    return {
        "TRYGG_DATABASE_URL": on(cluster.app_url, database),
        "TRYGG_SECRET_KEY": SECRET,
        "TRYGG_ANCHOR_DIR": str(keeper.anchors),
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture(scope="module")
def cli(environment: Mapping[str, str]) -> Iterator[Call]:
    """Return what calls a command within this process: the words of the command line, each as its own argument."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings.cache_clear()
        yield lambda *words: CliRunner(catch_exceptions=False).invoke(main, [str(word) for word in words])
    settings.cache_clear()


@pytest.fixture(scope="module")
def process(environment: Mapping[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return what calls a command as a process of its own."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("TRYGG_")} | dict(environment)

    def call(*words: object, **changes: str) -> subprocess.CompletedProcess[str]:
        command = [str(word) for word in (Path(sys.executable).with_name("trygghetsforum"), *words)]
        env = {name: value for name, value in (given | changes).items() if value}
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)

    return call
