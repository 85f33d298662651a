"""The four packages and their one direction, as far as import-linter's contracts do not say it already."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from dashboards.commands import COMMANDS
from tests.source import ROOT, imported, modules

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def bridges() -> set[str]:
    """Return the modules of mapping that the import contract lets know forum."""
    allowed = [entry for contract in CONTRACTS for entry in contract.get("ignore_imports", [])]
    return {re.split(r"\.\*\*| ", entry)[0] for entry in allowed}


def test_a_pure_module_of_mapping_uses_neither_forum_nor_a_bridge() -> None:
    forbidden = re.compile(rf"({'|'.join(['forum', *map(re.escape, sorted(bridges()))])})(\.|$)")
    named = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in modules("mapping")}
    pure = [path for path, name in named.items() if not forbidden.match(name)]
    found = [f"{path.relative_to(ROOT)}: {name}" for path in pure for name in imported(path) if forbidden.match(name)]
    assert len(bridges()) >= 4
    assert pure
    assert found == []


def test_no_package_names_another_in_a_string_to_import_it() -> None:
    dynamic = {"import_module", "__import__"}
    allowed = ROOT / "dashboards" / "commands" / "__init__.py"
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in dynamic
    ]
    assert found == [hit for hit in found if hit.startswith(str(allowed.relative_to(ROOT)))]


def test_the_command_line_names_only_modules_of_its_own() -> None:
    for name, (module, _) in COMMANDS.items():
        assert module.startswith("dashboards.commands."), name
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file(), name


def test_files_and_functions_stay_short() -> None:
    long = [f"{path.relative_to(ROOT)}" for path in modules() if len(path.read_text().splitlines()) > LONGEST_FILE]
    long += [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in modules()
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_module_begins_by_saying_its_job() -> None:
    silent = [str(path.relative_to(ROOT)) for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert [name for name in silent if "/versions/" not in name] == []


def test_no_comment_switches_a_check_off() -> None:
    switches = re.compile(
        r"#\s*(type:\s*ignore|noqa|pragma:\s*no cover|nosec|fmt:\s*off)|pytest\.(skip|mark\.(skip|xfail))"
    )
    texts = [path for path in [*modules(), *sorted((ROOT / "tests").rglob("*.py"))] if path != Path(__file__)]
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in texts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if switches.search(line)
    ]
    assert found == []


def test_tests_hold_no_packages_of_their_own() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
