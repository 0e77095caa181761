#!/usr/bin/env bash
# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes .venv with the pinned requirements and links the collection into it.
#   bootstrap.sh run    what the demo needs
#   bootstrap.sh dev    what the gates need as well
# A second run with unchanged requirements returns at once. The last line of a failure says what to do.
set -euo pipefail

level=${1:-run}
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
trap 'say; die "interrupted; make goes on from here the next time"' INT

case $level in run | dev) ;; *) die "bootstrap level is '$level': use 'run' or 'dev'" ;; esac

# ansible-core 2.19 and 2.20, which requirements/run.txt pins, run on Python 3.11 to 3.13.
find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# How to become root; fails with a sentence where that cannot work, so that nothing is left half-done.
sudo=()
check_root() {
  [ "$(id -u)" -ne 0 ] || return 0
  command -v sudo >/dev/null || die "$1 needs root and there is no sudo here: run make as root"
  sudo=(sudo)
  # Without a terminal sudo cannot ask for a password.
  [ -t 0 ] || sudo -n true 2>/dev/null || die "$1 needs root and sudo wants a password: run make in a terminal, or as root"
}

apt_install() {
  command -v apt-get >/dev/null || die "missing: $*. This is not Debian or Ubuntu: install it and run make again"
  check_root "Installing $*"
  say "Installing with apt-get: $*"
  # A machine that has just booted may still be busy with its own updates: wait for their lock.
  local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update </dev/null >.cache/apt.log 2>&1 || true # older lists may do; `install` is what counts
  if ! "${apt[@]}" install -y --no-install-recommends "$@" </dev/null >>.cache/apt.log 2>&1; then
    grep -E '^[EW]:' .cache/apt.log | tail -n 4 >&2 || tail -n 4 .cache/apt.log >&2
    die "apt-get could not install $*: check this machine's network and package sources (whole log: .cache/apt.log)"
  fi
}

ready() { # what was made for the gates serves the demo as well
  local made
  for made in "$stamp" .venv/.bootstrap-dev; do
    [ -f "$made" ] && [ "$(cat "$made")" = "$want" ] && [ -x .venv/bin/ansible-playbook ] && return
  done
  return 1
}

[ "$level" = dev ] || check_root "The lab"
python=$(find_python) || die "no Python 3.11, 3.12 or 3.13 found (${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>/dev/null || echo missing)): install one and set PYTHON=/path/to/it"

missing=()
if [ "$level" = dev ]; then
  command -v shellcheck >/dev/null || missing+=(shellcheck) # ansible-test and the lint gate call it
  command -v npm >/dev/null || missing+=(npm)               # Twilio publishes its API specs in an npm package
fi
stamp=.venv/.bootstrap-$level
want=$(
  "$python" --version
  cat requirements/*.txt tests/tools/bootstrap.sh | sha256sum
)
if [ ${#missing[@]} -eq 0 ] && ready; then
  exit 0
fi

mkdir -p .cache
for folder in .cache .venv; do
  [ ! -e $folder ] || [ -w $folder ] || die "$PWD/$folder belongs to somebody else (an earlier make as root?): remove it as root"
done
exec 9>.cache/bootstrap.lock
if ! flock -n 9; then
  say "Another make sets up .venv in this folder: waiting for it"
  flock 9
  if [ ${#missing[@]} -eq 0 ] && ready; then
    exit 0
  fi
fi

# Debian splits ensurepip out of python3 into python3-venv.
"$python" -c 'import ensurepip, venv' 2>/dev/null \
  || missing+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
[ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"

say "Creating .venv with the pinned requirements ($level) on $("$python" --version)"
# One that was interrupted has a Python and no pip, or the pip of another Python.
if ! [ "$(.venv/bin/python --version 2>/dev/null)" = "$("$python" --version)" ] \
  || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  rm -rf .venv
  if ! "$python" -m venv .venv >.cache/venv.log 2>&1; then
    tail -n 5 .cache/venv.log >&2
    die "$python could not make .venv (whole log: .cache/venv.log)"
  fi
fi
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "requirements/$level.txt" >.cache/pip.log 2>&1; then
  tail -n 5 .cache/pip.log >&2
  die "pip could not install requirements/$level.txt: check this machine's network and pip settings (whole log: .cache/pip.log)"
fi

# Ansible finds the collection only under ansible_collections/NAMESPACE/NAME.
mkdir -p .venv/collections/ansible_collections/dialtone
ln -sfn ../../../.. .venv/collections/ansible_collections/dialtone/voice

printf '%s\n' "$want" >"$stamp"
