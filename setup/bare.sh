#!/bin/bash
# Shows that two commands are enough: `make run`, then `make test`, in a bare Debian root with git, make and python3 in it.
#
# Needs root, debootstrap and a free port 8000. How this machine reaches packages (apt, pip, npm, certificates, names) is
# carried into the root while it runs, and stands in no file of the repository. Settings:
#   BARE_DIR   where root, log and summary stand (/var/tmp/trygg-bare)
#   BARE_AS    root (default), or sudo: as a user who may become root
#   BARE_ONLY  run: without `make test`
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."
dir=${BARE_DIR:-/var/tmp/trygg-bare}
root=$dir/root
as=${BARE_AS:-root}

say() { echo "bare: $(date --utc +%H:%M:%S) $*"; }
stop() { say "$*" && exit 1; }

# --- outside ------------------------------------------------------------------------------------------------------

make_root() {
    say "making a bare root"
    rm -rf --one-file-system "$root"
    sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | grep ' bookworm')
    extra=$([ "$as" = root ] || echo ,sudo)
    debootstrap --variant=minbase --include="git,make,python3$extra" bookworm "$root" \
        "$(echo "$sources" | awk '$3 == "bookworm" { print $2; exit }')" >"$dir/debootstrap.log"
    rm -f "$root"/etc/apt/sources.list.d/*
    echo "$sources" >"$root/etc/apt/sources.list"
}

carry_over() {
    for path in /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt \
        /etc/pip.conf "$HOME/.config/pip" "$HOME/.npmrc" /etc/npmrc; do
        [ -e "$path" ] || continue
        mkdir -p "$root$(dirname "$path")"
        cp -rLT --no-preserve=ownership "$path" "$root$path"
    done
    # a package that renews the bundle shall find these certificates too
    install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/usr/local/share/ca-certificates/carried-over.crt"
    env | grep -E '^(PIP_|NPM_|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY|SSL_CERT|NODE_EXTRA)' >"$dir/environment" || true
}

clone() {
    git clone --quiet --no-hardlinks . "$root$home/trygghetsforum"
    [ "$as" = root ] || chroot "$root" chown -R someone: "$home"
}

make_people() {
    for name in someone other; do
        chroot "$root" useradd --create-home --shell /bin/bash $name
    done
    [ "$as" = root ] || echo "someone ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/someone"
}

# --- inside: in namespaces of its own, which take mounts and processes with them when they end ---------------------

mount_all() {
    mount -t proc proc "$root/proc"
    mount -t sysfs sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs shm "$root/dev/shm"
    [ ! -d ../shared ] || lend "$(realpath ../shared)" "$home/shared" # the real data beside the checkout
    # indexes of packages that this machine keeps in directories
    for place in $(python3 -m pip config list 2>/dev/null | grep -oE "/[^ '\"]+" | sed 's|^//||; s|/simple$||'); do
        [ ! -d "$place" ] || lend "$place" "$place"
    done
}

lend() {
    mkdir -p "$root$2"
    mount --bind -o ro "$1" "$root$2"
}

enter() { # enter USER HOME SECONDS COMMAND: in the user's checkout
    mapfile -t passed <"$dir/environment"
    timeout --foreground "$3" chroot "$root" setpriv --reuid "$1" --regid "$1" --init-groups env -i \
        HOME="$2" USER="$1" LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        "${passed[@]}" bash -c "cd '$2/trygghetsforum' && $4"
}

refuses_who_has_no_rights() {
    cp -rT "$root$home/trygghetsforum" "$root/home/other/trygghetsforum"
    chroot "$root" chown -R other: /home/other
    status=0
    said=$(enter other /home/other 60 'setup/setup.sh run' 2>&1) || status=$?
    echo "$said"
    [ $status = 1 ] || stop "a user without rights got status $status"
    [ "$(grep -cE '^sudo apt-get install --no-install-recommends [a-z0-9 .-]+$' <<<"$said")" = 1 ] || stop "no line to hand on"
    say "a user without rights is refused with the line for an administrator"
}

runs() {
    SECONDS=0
    enter "$user" "$home" 1200 'exec make run' &
    program=$!
    until curl --silent --fail --max-time 5 http://127.0.0.1:8000/readyz >/dev/null; do
        kill -0 $program 2>/dev/null || stop "make run ended"
        [ $SECONDS -lt 1000 ] || stop "make run did not answer in time"
        sleep 1
    done
    say "make run answers on port 8000 after $SECONDS s"
    curl --silent --location http://127.0.0.1:8000/ | grep -iq demo || stop "the demo is not there"
    for tool in usr/bin/chromium-headless-shell "${home#/}/trygghetsforum/.venv/bin/pytest" "${home#/}/trygghetsforum/node_modules/axe-core"; do
        [ ! -e "$root/$tool" ] || stop "make run installed $tool"
    done
    say "the demo is served; neither Chromium nor test tools are installed"
    kill "$(pgrep --oldest --full 'bin/trygghetsforum run')" # in this process namespace there is one
    wait $program || stop "make run ended with status $?"
}

passes() {
    SECONDS=0
    enter "$user" "$home" 2400 'make test' 2>&1 | tee "$dir/test.log"
    say "make test passes after $SECONDS s: $(tail -1 "$dir/test.log")"
}

# ------------------------------------------------------------------------------------------------------------------

case $as in
    root) user=root home=/root ;;
    sudo) user=someone home=/home/someone ;;
    *) stop "BARE_AS is root or sudo" ;;
esac
if [ "${1:-}" = inside ]; then
    mount_all
    refuses_who_has_no_rights
    runs
    [ "${BARE_ONLY:-}" = run ] || passes
    exit 0
fi

[ "$(id -u)" -eq 0 ] || stop "needs root"
for program in debootstrap curl pgrep unshare; do
    command -v $program >/dev/null || stop "needs $program"
done
! curl --silent --max-time 5 http://127.0.0.1:8000/ >/dev/null || stop "port 8000 is in use"
mkdir -p "$dir"
trap 'rm -rf --one-file-system "$root"' EXIT
{
    say "$(git describe --always --dirty) as $as on $(. /etc/os-release && echo "$PRETTY_NAME"), $(nproc) cores"
    make_root
    carry_over
    make_people
    clone
    unshare --mount --pid --ipc --fork --kill-child --mount-proc "$0" inside
    say "done"
} 2>&1 | tee "$dir/log"
grep '^bare: ' "$dir/log" >"$dir/summary" # for docs/verified.md
