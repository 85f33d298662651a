"""The catalogue of measures: codes that stand once, in both languages, against categories that there are."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from forum.work import catalogue
from forum.work.terms import Nature


def test_every_measure_has_two_names_a_nature_and_categories_that_there_are() -> None:
    rows = tomllib.loads((files("forum") / "data" / "categories.toml").read_text(encoding="utf-8"))["category"]
    groups = {row["code"] for row in rows if "." not in row["code"]}
    kinds = catalogue.kinds()
    assert len({kind.code for kind in kinds}) == len(kinds) >= 20
    for kind in kinds:
        assert kind.sv != kind.en, kind.code
        assert kind.nature in set(Nature), kind.code
        assert set(kind.answers) <= groups, kind.code
    assert groups == {group for kind in kinds for group in kind.answers}


def test_a_kind_of_deviation_is_answered_by_what_answers_its_group() -> None:
    codes = [kind.code for kind in catalogue.answering("lighting.lamp_out")]
    assert "lighting_repair" in codes
    assert "camera" not in codes


def test_only_cameras_are_cameras() -> None:
    assert [kind.code for kind in catalogue.kinds() if kind.camera] == ["camera"]
    assert {kind.name("sv") for kind in catalogue.kinds() if kind.camera} == {"Kamerabevakning"}
