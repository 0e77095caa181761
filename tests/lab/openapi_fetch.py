# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch Twilio's published OpenAPI specs, which the emulator is tested against, into .cache/openapi/.

`python -m lab.openapi_fetch` (or `make openapi`). The specs ship in the npm package @twilio/cli-core; its version is
their version. Nothing is fetched when they are there already.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@twilio/cli-core"
VERSION = "9.0.0"  # of 2026-09-19
SPECS = (
    "twilio_trunking_v1.json",
    "twilio_api_v2010.json",
    "twilio_voice_v1.json",
    "twilio_routes_v2.json",
    "twilio_pricing_v1.json",
    "twilio_pricing_v2.json",
    "twilio_insights_v1.json",
    "twilio_monitor_v1.json",
)
FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "openapi"
_INSIDE = "package/src/services/twilio-api/"
_SECONDS = 120


class FetchError(Exception):
    """The specs cannot be had; the text is a sentence that says why and what to do."""


def fetch(folder: Path = FOLDER, npm: str = "npm") -> dict[str, Path]:
    """The spec files by name, fetched if they are not there.

    Args:
        folder: where they are kept, below it a folder for the version.
        npm: the program that fetches.

    Raises:
        FetchError: when npm is missing or fails, or the package does not hold the specs.
    """
    home = folder / VERSION
    found = {name: home / name for name in SPECS}
    if all(path.is_file() for path in found.values()):
        return found
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        archive = _pack(Path(scratch), npm)
        for name, path in found.items():
            content = _read(archive, _INSIDE + name)
            whole = Path(scratch) / name
            whole.write_bytes(content)
            os.replace(whole, path)  # whole or not at all
    return found


def _pack(folder: Path, npm: str) -> Path:
    command = [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except FileNotFoundError:
        raise FetchError(f"{npm} is not installed: install it (apt-get install npm), then run `make openapi`") from None
    except subprocess.TimeoutExpired:
        raise FetchError(
            f"npm did not finish within {_SECONDS} s: check the network, then run `make openapi`"
        ) from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise FetchError(
            f"npm could not fetch {PACKAGE}@{VERSION}: {last}; check the network and npm's registry setting, "
            "then run `make openapi`"
        )
    return archives[0]


def _read(archive: Path, member: str) -> bytes:
    try:
        with tarfile.open(archive) as package:
            stream = package.extractfile(member)
            content = stream.read() if stream else b""
        json.loads(content)
    except (KeyError, ValueError, tarfile.TarError) as error:
        raise FetchError(f"{PACKAGE}@{VERSION} does not hold {member} as expected: {error}") from None
    return content


def main() -> int:
    try:
        found = fetch()
    except FetchError as error:
        print(f"lab.openapi_fetch: {error}", file=sys.stderr)
        return 1
    for path in found.values():
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
