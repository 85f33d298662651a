"""Settings: what cannot be used is said by name and value, and a secret is never repeated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from forum.foundation.errors import Invalid
from forum.foundation.settings import settings


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_a_setting_that_cannot_be_used_is_named_with_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRYGG_TILE_URL", "file:///etc/{z}/{x}/{y}")
    with pytest.raises(Invalid) as refused:
        settings()
    assert (refused.value.field, refused.value.value) == ("TRYGG_TILE_URL", "file:///etc/{z}/{x}/{y}")
    assert refused.value.remedy


def test_a_password_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRYGG_SMTP_URL", "smtp://user:hemligt@\udcff")
    monkeypatch.setenv("TRYGG_WEB_PROCESSES", "many")
    with pytest.raises(Invalid) as refused:
        settings()
    assert "hemligt" not in refused.value.say("sv")


def test_a_source_of_tiles_names_the_places_of_a_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRYGG_TILE_URL", "https://tiles.example.org/topo/{z}/{x}/{y}.png?key=1")
    assert settings().tile_url == "https://tiles.example.org/topo/{z}/{x}/{y}.png?key=1"
