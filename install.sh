#!/bin/sh
# Install Fusion Memory for this user: a virtual environment of its own, a link to the command, then `init`.
#
#   sh install.sh [--yes] [--from PATH_OR_REQUIREMENT] [--extras local,service] [--to FOLDER] [--bin FOLDER] [--dry-run]
#
# Nothing outside the two folders is touched, and no rights of an administrator are needed.
set -eu

from="" extras="local,service" yes="" dry=""
to="${FUSION_MEMORY_INSTALL:-$HOME/.local/lib/fusion-memory}"
bin="${FUSION_MEMORY_BIN:-$HOME/.local/bin}"

say() { printf '%s\n' "$*"; }
fail() { printf 'Error: %s\nFix:   %s\n' "$1" "$2" >&2; exit 1; }
run() { if [ -n "$dry" ]; then say "+ $*"; else "$@"; fi; }
value() { [ $# -ge 2 ] || fail "$1 needs a value." "sh install.sh --help"; }

while [ $# -gt 0 ]; do
    case "$1" in
        --yes | -y) yes=1 ;;
        --dry-run) dry=1 ;;
        --from) value "$@"; from="$2"; shift ;;
        --extras) value "$@"; extras="$2"; shift ;;
        --to) value "$@"; to="$2"; shift ;;
        --bin) value "$@"; bin="$2"; shift ;;
        --help | -h) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) fail "There is no option $1." "sh install.sh --help" ;;
    esac
    shift
done

python=""
for name in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 \
        && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python="$name"
        break
    fi
done
[ -n "$python" ] || fail "There is no Python 3.11 or later." "install one, or name it: PYTHON=/path/to/python sh install.sh"
"$python" -c 'import venv, ensurepip' 2>/dev/null \
    || fail "$python cannot make virtual environments." "on Debian and Ubuntu: sudo apt-get install python3-venv"

here="$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)"
if [ -z "$from" ] && [ -f "$here/pyproject.toml" ] && grep -q '^name = "fusion-memory"' "$here/pyproject.toml"; then
    from="$here"
fi
wanted="${from:-fusion-memory}"
[ -z "$extras" ] || wanted="${wanted}[${extras}]"

say "Installing $wanted into $to"
run "$python" -m venv "$to"
run "$to/bin/python" -m pip install --quiet --upgrade "pip>=25.1"
run "$to/bin/python" -m pip install --quiet --upgrade "$wanted"
run mkdir -p "$bin"
run ln -sf "$to/bin/fusion-memory" "$bin/fusion-memory"

if [ -n "$yes" ] || [ ! -t 0 ]; then
    [ -f "${FUSION_MEMORY_HOME:-$HOME/.local/share/fusion-memory}/config.toml" ] || run "$to/bin/fusion-memory" init --yes
else
    run "$to/bin/fusion-memory" init || say "It can be set up at any time: fusion-memory init"
fi

case ":$PATH:" in
    *":$bin:"*) say "Installed. Try: fusion-memory demo" ;;
    *) say "Installed. Add $bin to your PATH, or try: $bin/fusion-memory demo" ;;
esac
