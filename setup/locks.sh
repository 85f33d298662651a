#!/bin/sh
# Renews the locks: exact versions with hashes, and no address of any index in them.
set -eu
cd "$(dirname "$0")/.."

lock() {
    out=$1
    shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file "requirements/$out" "$@"
}

lock run.txt pyproject.toml requirements/build.in
lock dev.txt pyproject.toml requirements/build.in --extra dev --constraint requirements/run.txt
lock bench.txt requirements/bench.in
lock node.txt requirements/node.in
npm install --package-lock-only --loglevel=error
