# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs the foreign clients, exactly as the lock files beside this say, once for each version of those.

No package runs a script of its own on the way. Where this machine's Node is older than a client wants, a Node of ours
comes along from npm, into `.cache` as well: the machine's own stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCKS = HERE / "npm"
CACHE = HERE.parents[1] / ".cache"
OLDEST_NODE = 20  # what twilio-cli says in its `engines`
_SECONDS = 600
_MARK = ".installed"  # written last, so that an interrupted installation is made anew


class InstallError(Exception):
    """A client cannot be had; the text is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Client:
    """An installed client.

    Attributes:
        version: of the client.
        command: the program and its first arguments.
    """

    version: str
    command: tuple[str, ...]


def twilio_cli(cache: Path = CACHE) -> Client:
    """Twilio's own command-line client, installed if it is not yet.

    Raises:
        InstallError: when npm is missing or fails.
    """
    folder = _installed("twilio-cli", cache, ["--omit=optional"])
    package = folder / "node_modules" / "twilio-cli"
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    return Client(version, (node(cache), str(package / "bin" / "run")))


def node(cache: Path = CACHE, own: str = "node") -> str:
    """A Node that is new enough: this machine's, or else one from npm.

    Raises:
        InstallError: when there is neither.
    """
    if node_version(own) >= OLDEST_NODE:
        return shutil.which(own) or own
    folder = _installed("node", cache, [])
    for program in sorted(folder.glob("node_modules/node-linux-*/bin/node")):
        if node_version(str(program)) >= OLDEST_NODE:
            return str(program)
    raise InstallError(
        f"Node {OLDEST_NODE} or later is needed, {own} is {node_version(own) or 'missing'}, and there is none for "
        f"{os.uname().machine} in npm: install Node {OLDEST_NODE} or later, then run `make foreign`"
    )


def node_version(program: str) -> int:
    """The major version of a Node; 0 where there is none."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return 0
    major = done.stdout.strip().lstrip("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def _installed(name: str, cache: Path, options: list[str]) -> Path:
    """The folder of a lock file's packages; what is there already is used as it is."""
    files = [LOCKS / name / file for file in ("package.json", "package-lock.json")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    home = cache / "foreign" / f"{name}-{_version(files[0])}-{digest}"
    if (home / _MARK).is_file():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        folder = Path(scratch) / "tree"
        folder.mkdir()
        for file in files:
            shutil.copy(file, folder)
        _npm_ci(folder, options, name)
        (folder / _MARK).touch()
        shutil.rmtree(home, ignore_errors=True)
        os.replace(folder, home)
    return home


def _version(package: Path) -> str:
    """The version that a package.json of ours pins, for the name of the folder."""
    content = json.loads(package.read_text(encoding="utf-8"))
    pins = {**content.get("dependencies", {}), **content.get("optionalDependencies", {})}
    return str(sorted(pins.values())[0])


def _npm_ci(folder: Path, options: list[str], name: str) -> None:
    command = [
        "npm",
        "ci",
        "--ignore-scripts",
        "--omit=dev",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        *options,
    ]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except FileNotFoundError:
        raise InstallError("npm is not installed: install it (apt-get install npm), then run `make foreign`") from None
    except subprocess.TimeoutExpired:
        raise InstallError(
            f"npm did not finish within {_SECONDS} s: check the network, then run `make foreign`"
        ) from None
    if done.returncode != 0:
        reasons = [line for line in done.stderr.splitlines() if " error " in line or line.startswith("npm ERR!")]
        why = "; ".join(reasons[:3]) or "no reason given"
        raise InstallError(
            f"npm could not install {name} as {LOCKS / name} says: {why}; check the network and npm's own settings, "
            "then run `make foreign`"
        )
