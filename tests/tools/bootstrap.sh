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

apt_install() {
  local sudo=()
  command -v apt-get >/dev/null || die "'$*' is missing and this is not Debian or Ubuntu: install it and run make again"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "'$*' is missing: run as root, or install sudo, or install it yourself"
    sudo=(sudo)
  fi
  say "Installing with apt-get: $*"
  if ! { "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq \
    && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >.cache/apt.log 2>&1; then
    tail -n 5 .cache/apt.log >&2
    die "apt-get could not install $*: check this machine's network and package sources (whole log: .cache/apt.log)"
  fi
}

mkdir -p .cache
if [ "$level" = dev ]; then
  missing=()
  command -v shellcheck >/dev/null || missing+=(shellcheck) # ansible-test and the lint gate call it
  command -v npm >/dev/null || missing+=(npm)               # Twilio publishes its API specs in an npm package
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
fi
python=$(find_python) || die "no Python 3.11, 3.12 or 3.13 found (python3 is $(python3 --version 2>&1 || echo missing)): install python3.13, or set PYTHON=/path/to/python"

stamp=.venv/.bootstrap-$level
want=$(
  "$python" --version
  cat requirements/*.txt tests/tools/bootstrap.sh | sha256sum
)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && [ -x .venv/bin/ansible-playbook ]; then
  exit 0
fi

# Debian splits ensurepip out of python3 into python3-venv.
"$python" -c 'import ensurepip, venv' 2>/dev/null \
  || apt_install "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"

say "Creating .venv with the pinned requirements ($level) on $("$python" --version)"
if ! [ -x .venv/bin/python ] || ! [ "$(.venv/bin/python --version 2>/dev/null)" = "$("$python" --version)" ]; then
  rm -rf .venv
  "$python" -m venv .venv
fi
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "requirements/$level.txt" >.cache/pip.log 2>&1; then
  tail -n 5 .cache/pip.log >&2
  die "pip could not install requirements/$level.txt: check this machine's network and pip settings (whole log: .cache/pip.log)"
fi

# Ansible finds the collection only under ansible_collections/NAMESPACE/NAME.
mkdir -p .venv/collections/ansible_collections/dialtone
ln -sfn ../../../.. .venv/collections/ansible_collections/dialtone/voice

printf '%s\n' "$want" >"$stamp"
