# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What takes too long for the gates: Asterisk built from source where the distribution ships none.

    slow.py                     Debian 13 and 12
    slow.py --suite trixie      that one; --lab names the lab that is used

For each suite: a lab whose PBX host is a bare Debian of that release; an archive with the wrong checksum, which is
refused before it is unpacked; the office deployed with asterisk_install at its default; again without a change; a build
that fails and leaves everything as it is; calls both ways. On the first suite also another build in place of the first,
whose restart waits until it is allowed. The source is that of Debian's own package, from this machine's mirror: the
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
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv" / "bin"
CACHE = ROOT / ".cache" / "slow"
SUITES = ("trixie", "bookworm")
SOURCE_SUITE = "forky"
sys.path.insert(0, str(ROOT / "tests"))

from lab.hosts.mirror import read_mirror
from lab.lab import Lab
from lab.proof.pbx import Asterisk


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


class WrongError(Exception):
    """What is not as it should be, as a sentence."""


class Site:
    """A lab whose PBX host is one Debian, and the office deployed to it."""

    def __init__(self, suite: str, name: str, variables: dict[str, Any]) -> None:
        self.lab = Lab(name)
        self.variables = variables
        self.pbx = Asterisk(self.lab)
        self.environment = {
            **os.environ,
            **self.lab.environment(),
            "PATH": f"{VENV}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / '.venv' / 'collections'}",
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
            "ANSIBLE_CONFIG": str(ROOT / "tests" / "lab" / "ansible.cfg"),
            "ANSIBLE_HOME": str(ROOT / ".cache" / "ansible"),
            "LAB_PBX_SUITE": suite,
        }

    def python(self, *words: str) -> int:
        """Run a module of the lab's; return its exit code."""
        argv = [str(VENV / "python"), "-m", *words, "--name", self.lab.name]
        return subprocess.run(argv, cwd=ROOT, env=self.environment, check=False).returncode

    def play(self, playbook: str, **variables: object) -> tuple[bool, str]:
        """Run a playbook; return whether it went well, and what it said."""
        given = self.variables | variables
        argv = ["ansible-playbook", "-i", f".lab/{self.lab.name}/inventory.yml", "-i", "tests/lab/office"]
        done = subprocess.run(
            [*argv, "-e", json.dumps(given), f"playbooks/{playbook}.yml"],
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        return done.returncode == 0, done.stdout + done.stderr

    def deploy(self, playbook: str = "hosts", **variables: object) -> str:
        """Run a playbook that has to go well."""
        well, said = self.play(playbook, **variables)
        if not well:
            raise WrongError(f"the deployment failed:\n{said[-4000:]}")
        return said

    def refused(self, words: str, **variables: object) -> None:
        """Run the hosts' playbook, which has to fail with these words."""
        well, said = self.play("hosts", **variables)
        if well or words not in said:
            raise WrongError(f"'{words}' should have been the end of the run:\n{said[-4000:]}")

    def unchanged(self) -> None:
        said = self.deploy()
        if not re.search(r"pbx1 .* changed=0 ", said):
            raise WrongError(f"another run is not without a change:\n{said[-4000:]}")

    def program(self) -> str:
        """Tell which program is installed."""
        return self.pbx.shell("stat -c '%i %Y %s' /usr/sbin/asterisk 2>/dev/null || true")

    def runs(self) -> str:
        """Tell which program runs."""
        return self.pbx.shell(f"stat -L -c '%i %Y %s' /proc/{self.pbx.process()}/exe 2>/dev/null || true")

    def expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise WrongError(otherwise)


@contextmanager
def served(address: str, folder: Path) -> Iterator[str]:
    """Serve a folder over HTTP to the lab; yield its URL."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer((address, 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{address}:{server.server_port}"
        finally:
            server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *__: object) -> None:
        """Say nothing: the run of the role says what was fetched."""


def prove_install(site: Site) -> None:
    """Refuse another archive than was asked for, then build and deploy."""
    version = site.variables["asterisk_source_version"]
    site.refused(f"not {'0' * 64} as asked for", asterisk_source_sha256="0" * 64)
    left = site.pbx.shell("ls -d /var/cache/dialtone/build /usr/sbin/asterisk 2>/dev/null || true")
    site.expect(not left.strip(), f"an archive with the wrong checksum was unpacked: {left}")
    note("a wrong checksum is refused")

    site.deploy("site")
    said = site.pbx.shell("/usr/sbin/asterisk -V; asterisk -rx 'core show version'")
    site.expect(re.findall(r"^Asterisk ([0-9.]*[0-9])", said, re.MULTILINE) == [version] * 2, f"not {version}: {said}")
    note("built and deployed")


def prove_repeat(site: Site) -> None:
    """Change nothing in another run, and nothing by a build that fails."""
    site.unchanged()
    note("second run without a change")

    program, process = site.program(), site.pbx.process()
    site.refused("this Asterisk has no module app_of_nobody", asterisk_extra_modules=["app_of_nobody"])
    site.expect((site.program(), site.pbx.process()) == (program, process), "a failed build has replaced the program")
    site.unchanged()
    note("a build that fails changes nothing")


def prove_upgrade(site: Site) -> None:
    """Build another program, run the old one until a restart is allowed."""
    program, process = site.program(), site.pbx.process()
    said = site.deploy(asterisk_extra_modules=["app_echo"], asterisk_restart="never")
    site.expect("still runs with what it started with" in said, f"no restart is pending:\n{said[-4000:]}")
    site.expect(site.program() != program, "another stamp has not built another program")
    site.expect((site.runs(), site.pbx.process()) == (program, process), "the restart has not been left pending")
    note("rebuilt, restart pending")
    site.variables["asterisk_extra_modules"] = ["app_echo"]
    site.deploy()
    site.expect(site.runs() == site.program(), "the pending restart was not made")
    site.expect("app_echo" in site.pbx.shell("asterisk -rx 'module show like app_echo'"), "app_echo is not loaded")
    site.unchanged()
    note("restarted with the new program")


def prove_calls(site: Site) -> None:
    site.expect(site.python("lab.checks") == 0, "the calls failed")


def note(what: str) -> None:
    print(f"slow: {what}", flush=True)


def run(suite: str, name: str, variables: dict[str, str], upgrade: bool) -> str:
    """Prove one suite; return what went wrong, or nothing."""
    site = Site(suite, name, {**variables})
    try:
        if site.python("lab", "up"):
            return "the lab failed"
        # One archive comes from the controller, the host fetches the other.
        with served(site.lab.plan.gateway, CACHE) as url:
            site.variables["asterisk_source_pjproject_url"] = f"{url}/pjproject.tar.bz2"
            prove_install(site)
            prove_repeat(site)
            if upgrade:
                prove_upgrade(site)
            prove_calls(site)
    except WrongError as wrong:
        return str(wrong)
    finally:
        site.python("lab", "down", "--keep-images")
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--suite", action="append", choices=SUITES, help="which Debian (default: each)")
    parser.add_argument("--lab", default="spare3", help="name of the lab (default: spare3)")
    given = parser.parse_args()
    variables = fetch()
    lines = []
    failed = 0
    suites = given.suite or SUITES
    for suite in suites:
        start = time.monotonic()
        wrong = run(suite, given.lab, variables, upgrade=suite == suites[0])
        failed += bool(wrong)
        said = f"FAILED: {wrong}" if wrong else "passed"
        lines.append(f"slow: Asterisk {variables['asterisk_source_version']} from source on {suite:<9}"
                     f" {said} in {time.monotonic() - start:.0f} s")  # fmt: skip
    print("\n".join(lines))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
