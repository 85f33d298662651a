#!/bin/sh
# Renews docs/commands.md and the pictures in docs/screenshots, from a demo of its own on a free port.
set -eu
cd "$(dirname "$0")/.."
[ -e /usr/lib/chromium/locales/sv.pak ] || {
    echo "docs: the pictures need this first: sudo apt-get install --no-install-recommends chromium chromium-l10n"
    exit 1
}
.venv/bin/python -m dashboards.commands.reference docs/commands.md
data=$(mktemp -d /var/tmp/trygg-docs.XXXXXX)
chmod 755 "$data"
trap 'kill $program 2>/dev/null; wait 2>/dev/null; rm -rf "$data"' EXIT
.venv/bin/trygghetsforum run --port 0 --data-dir "$data/data" >"$data/log" 2>&1 &
program=$!
for _ in $(seq 120); do grep -q '^ready' "$data/log" && break; sleep 1; done
.venv/bin/python -m tests.browser.screens "$(sed -n 's/^ready //p' "$data/log")" docs/screenshots \
    -360-sv-light -1280-sv-light map-1920-sv-dark map-1280-en-dark one-1280-en-dark
