#!/bin/sh
# Makes the peers' own environment and runs the benchmarks: setup/bench.sh [what …] [--rows N] [--rounds N] [--write]
set -eu
umask 022
cd "$(dirname "$0")/.."
lock=requirements/bench.txt
wanted=$(sha256sum "$lock" | cut -c1-64)

# beside the program's own, which stands elsewhere when the way through the checkout is closed
if [ "$(cat .venv-bench/stamp 2>/dev/null)" != "$wanted" ]; then
    echo "bench: installing the peers of $lock"
    rm -rf .venv-bench
    if [ -L .venv ]; then
        ln -s "$(dirname "$(realpath .venv)")/venv-bench" .venv-bench
    fi
    place=$(realpath -m .venv-bench)
    .venv/bin/python -m venv --clear "$place"
    "$place/bin/python" -m pip --disable-pip-version-check -qq install --no-deps --require-hashes -r "$lock"
    echo "$wanted" >"$place/stamp"
fi

exec .venv/bin/python -m benchmarks "$@"
