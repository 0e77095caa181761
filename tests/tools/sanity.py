# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-test sanity on a copy of the collection, without ignore files and without downloads of its own.

ansible-test wants the collection at .../ansible_collections/dialtone/voice, not behind a link, and fetches a pip
bootstrap script from the internet for each of its environments. The copy solves the first; the second is answered
from its download cache, where a few lines that call ensurepip stand in for the script.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collection_copy import copy_collection

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".cache" / "sanity"

# ansible-test looks for the script under a name that tells pip's version; which one depends on ansible-core.
BOOTSTRAP_NAMES = ("get_pip_24_2.py", "get_pip_25_2.py")
BOOTSTRAP = '''\
"""Stands in for the pip bootstrap script: ensurepip, then the packages asked for."""
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"])
rest = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
if any(not word.startswith("-") for word in rest):
    subprocess.check_call([sys.executable, "-m", "pip", "install", *rest])
'''


# What pip and ensurepip say while they fill the environments; of interest only when they fail, and then as ERROR.
CHATTER = re.compile(
    r"(Collecting|Downloading|Installing|Using cached|Looking in|Processing|Successfully|Attempting|Found existing"
    r"|Uninstalling|Requirement already|Preparing|Building|Created wheel|Stored in|Getting|━)"
)


def extra_python_folders() -> list[str]:
    """Return the bin folders of pyenv's Pythons, so that more than one version compiles and imports the plugins."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    newest: dict[str, Path] = {}
    for folder in sorted(versions.glob("3.*")):
        minor = folder.name.split(".")[1]
        if minor.isdigit() and 9 <= int(minor) <= 14:
            newest[minor] = folder / "bin"
    return [str(folder) for folder in newest.values()]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have the folder to oneself: a second run waits, since both would write the same copy and environments."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"sanity: another run uses {folder}: waiting for it\n")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    with alone(WORK):
        return sanity(sys.argv[1:])


def sanity(arguments: list[str]) -> int:
    """Run ansible-test sanity with these arguments; return its exit code, or 1 where it tested nothing."""
    ignores = list((ROOT / "tests" / "sanity").glob("ignore-*.txt"))
    if ignores:
        sys.stderr.write(f"sanity: {ignores[0].name} exists: fix what it ignores and remove it\n")
        return 1
    copy = copy_collection(WORK)
    home = WORK / "home"
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in BOOTSTRAP_NAMES:
        (cache / name).write_text(BOOTSTRAP, encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON", "PYENV"))}
    shims = str(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "shims")
    path = [folder for folder in env.get("PATH", "").split(os.pathsep) if folder != shims]
    env.update(
        HOME=str(home),
        LC_ALL="C.UTF-8",
        PATH=os.pathsep.join([str(ROOT / ".venv" / "bin"), *path, *extra_python_folders()]),
    )
    command = [str(ROOT / ".venv" / "bin" / "ansible-test"), "sanity", "--local", "--color", "no", *arguments]
    with subprocess.Popen(
        command, cwd=copy, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        assert run.stdout is not None
        tests = 0
        for line in run.stdout:
            if not CHATTER.match(line.strip()):
                sys.stdout.write(line)
                sys.stdout.flush()
            tests += line.startswith("Running sanity test")
    if run.returncode == 0 and tests == 0:
        sys.stderr.write("sanity: ansible-test ended well but ran no test\n")
        return 1
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
