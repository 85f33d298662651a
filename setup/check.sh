#!/bin/sh
# Everything that must hold before a commit, the quick ones first. CI=true forbids leaving out tests on real data.
# Files in their order, so that the long ones of the browser do not end it, one alone.
set -euf
cd "$(dirname "$0")/.."
bin=.venv/bin

$bin/ruff format --check .
$bin/ruff check .
$bin/lint-imports --no-cache
$bin/coverage erase
$bin/mypy & # takes one core for half a minute; the tests begin beside it
types=$!
$bin/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --cov --cov-report=
$bin/coverage report
wait $types
