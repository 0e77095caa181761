# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What takes too long for the gates: Asterisk built from source where the distribution ships none.

    slow.py                     Debian 13 and 12
    slow.py --suite trixie      that one; --lab names the lab that is used

For each suite: a lab whose PBX host is that Debian, the office deployed with asterisk_install at its default, again
without a change, and proved by calls. The source is that of Debian's own package, from this machine's mirror: the
project's download site is not needed. It ends with a line for each suite.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv" / "bin"
CACHE = ROOT / ".cache" / "slow"
SUITES = ("trixie", "bookworm")
SOURCE_SUITE = "forky"
sys.path.insert(0, str(ROOT / "tests"))

from lab.hosts.mirror import read_mirror
from lab.lab import Lab


def fetch() -> dict[str, str]:
    """Fetch the sources once; return the role's variables that name them."""
    CACHE.mkdir(parents=True, exist_ok=True)
    if not list(CACHE.glob("asterisk_*.orig.tar.xz")):
        (CACHE / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        sources = CACHE / "source.sources"
        sources.write_text(
            f"Types: deb-src\nURIs: {read_mirror().uri}\nSuites: {SOURCE_SUITE}\nComponents: main\n"
            "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
            encoding="ascii",
        )
        apt = ["apt-get", "-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=/dev/null"]
        apt += ["-o", f"Dir::State::lists={CACHE / 'lists'}", "-o", "Acquire::Check-Valid-Until=false"]
        subprocess.run([*apt, "update"], check=True, cwd=CACHE, stdout=subprocess.DEVNULL)
        subprocess.run(
            [*apt, "source", "--download-only", "asterisk"], check=True, cwd=CACHE, stdout=subprocess.DEVNULL
        )
    asterisk = next(path for path in CACHE.glob("asterisk_*.orig.tar.xz"))
    version = re.findall(r"_([0-9.]+)[+~]", asterisk.name)[0]
    pjproject = repack(next(path for path in CACHE.glob("asterisk_*.orig-Xpjproject.tar.xz")))
    return {
        "asterisk_source_version": version,
        "asterisk_source_url": str(asterisk),
        "asterisk_source_sha256": hashlib.sha256(asterisk.read_bytes()).hexdigest(),
        "asterisk_source_pjproject_url": pjproject.as_uri(),
        "asterisk_source_pjproject_sha256": hashlib.sha256(pjproject.read_bytes()).hexdigest(),
    }


def repack(archive: Path) -> Path:
    """Make of Debian's archive of pjproject the one Asterisk's build wants: bzip2, and the folder with its version."""
    made = CACHE / "pjproject.tar.bz2"
    if not made.exists():
        unpacked = CACHE / "pjproject"
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked, filter="data")
        folder = next(unpacked.iterdir())
        # Debian leaves out a sound driver that is not free, and the build still asks for it.
        makefile = folder / "pjmedia" / "build" / "Makefile"
        makefile.write_text(makefile.read_text(encoding="utf-8").replace(" bdimad_dev.o", ""), encoding="utf-8")
        text = (folder / "version.mak").read_text(encoding="utf-8")
        numbers = [re.findall(rf"PJ_VERSION_{part}\s*:=\s*(\d+)", text) for part in ("MAJOR", "MINOR", "REV")]
        version = ".".join(found[0] for found in numbers if found)
        part = made.with_suffix(".part")
        with tarfile.open(part, "w:bz2", compresslevel=1) as tar:
            tar.add(folder, f"pjproject-{version}")
        part.replace(made)
    return made


def run(suite: str, name: str, variables: dict[str, str]) -> str:
    """Build, deploy twice and call on one suite; return what went wrong, or nothing."""
    env = {
        **os.environ,
        **Lab(name).environment(),
        "PATH": f"{VENV}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / '.venv' / 'collections'}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "lab" / "ansible.cfg"),
        "ANSIBLE_HOME": str(ROOT / ".cache" / "ansible"),
        "LAB_PBX_SUITE": suite,
    }
    lab = [str(VENV / "python"), "-m", "lab"]
    given = CACHE / "variables.json"
    given.write_text(json.dumps(variables), encoding="utf-8")
    play = ["ansible-playbook", "-i", f".lab/{name}/inventory.yml", "-i", "tests/lab/office", "-e", f"@{given}"]
    try:
        for what, command in {
            "the lab": [*lab, "up", "--name", name],
            "the deployment": [*play, "playbooks/site.yml"],
        }.items():
            if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
                return f"{what} failed"
        again = subprocess.run(
            [*play, "playbooks/hosts.yml"], cwd=ROOT, env=env, check=False, capture_output=True, text=True
        )
        if again.returncode or not re.search(r"pbx1 .* changed=0 ", again.stdout):
            return f"the second run is not without a change:\n{again.stdout[-2000:]}"
        calls = [*lab[:-1], "lab.checks", "--name", name]
        if subprocess.run(calls, cwd=ROOT, env=env, check=False).returncode:
            return "the calls failed"
    finally:
        subprocess.run([*lab, "down", "--name", name, "--keep-images"], cwd=ROOT, env=env, check=False)
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--suite", action="append", choices=SUITES, help="which Debian (default: each)")
    parser.add_argument("--lab", default="spare3", help="name of the lab (default: spare3)")
    given = parser.parse_args()
    variables = fetch()
    lines = []
    failed = 0
    for suite in given.suite or SUITES:
        start = time.monotonic()
        wrong = run(suite, given.lab, variables)
        failed += bool(wrong)
        said = f"FAILED: {wrong}" if wrong else "passed"
        lines.append(f"slow: Asterisk {variables['asterisk_source_version']} from source on {suite:<9}"
                     f" {said} in {time.monotonic() - start:.0f} s")  # fmt: skip
    print("\n".join(lines))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
