#!/bin/sh
# Everything that must hold before a commit, the quick ones first. CI=true forbids leaving out tests on real data.
set -euf
cd "$(dirname "$0")/.."
bin=.venv/bin

$bin/ruff format --check .
$bin/ruff check .
$bin/mypy
$bin/lint-imports --no-cache
$bin/coverage erase
$bin/python -m pytest --numprocesses auto --dist loadfile --cov --cov-report=
$bin/coverage report
# these carry the promises: every branch of them is tried
for module in $(sed 's/#.*//' setup/fully-covered.txt); do
    $bin/coverage report --fail-under=100 --include="$module"
done
