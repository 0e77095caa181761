# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SignalWire's packages: the real apt against a repository on the loopback that wants a login, as theirs does."""

from __future__ import annotations

import base64
import hashlib
import http.server
import os
import stat
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[4] / "roles" / "freeswitch" / "files" / "packages.sh"
TOKEN = "PT0123456789abcdef"  # opens the repository of this test alone
PACKAGES = ("freeswitch", "freeswitch-mod-sofia")


@dataclass
class Repository:
    """Packages of one version, signed, behind a login."""

    folder: Path
    address: str = ""
    requests: list[tuple[str, bool]] = field(default_factory=list)

    def publish(self, version: str, suite: str = "bookworm") -> None:
        pool, lists = self.folder / "pool", self.folder / "dists" / suite
        binary = lists / "main" / "binary-amd64"
        for place in (pool, binary):
            place.mkdir(parents=True, exist_ok=True)
        entries = []
        for name in PACKAGES:
            tree = self.folder / "build" / name
            (tree / "DEBIAN").mkdir(parents=True)
            control = (
                f"Package: {name}\nVersion: {version}\nArchitecture: all\n"
                "Maintainer: nobody <nobody@example.com>\nDescription: a stand-in\n"
            )
            (tree / "DEBIAN" / "control").write_text(control, encoding="utf-8")
            (tree / "usr" / "share" / name).mkdir(parents=True)
            target = pool / f"{name}.deb"
            subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, target], check=True, capture_output=True)
            content = target.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            entries.append(f"{control}Filename: pool/{name}.deb\nSize: {len(content)}\nSHA256: {digest}\n")
        listing = "\n".join(entries).encode()
        (binary / "Packages").write_bytes(listing)
        release = (
            f"Origin: Test\nSuite: {suite}\nCodename: {suite}\nArchitectures: amd64\nComponents: main\n"
            "Date: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n"
            f" {hashlib.sha256(listing).hexdigest()} {len(listing)} main/binary-amd64/Packages\n"
        )
        home = self.folder / "gnupg"
        home.mkdir(mode=0o700)
        gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
        subprocess.run(
            [*gpg, "--quick-generate-key", "stand-in", "rsa2048", "sign", "never"], check=True, capture_output=True
        )
        subprocess.run(
            [*gpg, "--clearsign", "--output", str(lists / "InRelease")],
            input=release.encode(),
            check=True,
            capture_output=True,
        )
        key = subprocess.run([*gpg, "--export"], check=True, capture_output=True).stdout
        (self.folder / "signalwire-freeswitch-repo.gpg").write_bytes(key)
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    found = Repository(tmp_path / "repository")
    found.folder.mkdir()
    wanted = "Basic " + base64.b64encode(f"signalwire:{TOKEN}".encode()).decode()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(found.folder))  # type: ignore[arg-type]

        def do_GET(self) -> None:
            admitted = self.headers.get("Authorization") == wanted
            found.requests.append((self.path, admitted))
            if admitted:
                super().do_GET()
                return
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="packages"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *__: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found.address = f"http://127.0.0.1:{server.server_port}/"
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a file system of apt's and dpkg's own, without any other package source."""
    place = tmp_path / "root"
    for folder in (
        "etc/apt/preferences.d",
        "var/lib/apt/lists/partial",
        "var/cache/apt/archives/partial",
        "var/lib/dpkg/info",
        "var/lib/dpkg/updates",
        "var/lib/dpkg/triggers",
        "var/log/apt",
        "usr/sbin",
    ):
        (place / folder).mkdir(parents=True)
    (place / "var/lib/dpkg/status").write_text("", encoding="utf-8")
    settings = [
        f'Dir "{place}";',
        f'Dir::State::status "{place}/var/lib/dpkg/status";',
        'Dir::Bin::Methods "/usr/lib/apt/methods";',
        'Dir::Bin::dpkg "/usr/bin/dpkg";',
        f'DPkg::Options {{ "--root={place}"; "--force-not-root"; "--log=/dev/null"; }};',
        f'DPkg::Path "{os.environ["PATH"]}:/usr/sbin:/sbin";',
        'APT::Architecture "amd64";',
        'APT::Architectures { "amd64"; };',
        'APT::Sandbox::User "root";',
        'Dir::Etc::main "none";',
        'Dir::Etc::parts "none";',
    ]
    (tmp_path / "apt.conf").write_text("\n".join(settings) + "\n", encoding="utf-8")
    return place


def install(
    repository: Repository, root: Path, token: str = TOKEN, oldest: str = "1.11.2"
) -> subprocess.CompletedProcess[str]:
    script = SCRIPT.read_text(encoding="utf-8")
    return subprocess.run(
        ["/bin/sh", "-c", script, "packages", repository.address, "bookworm", oldest, str(root), *PACKAGES],
        input=f"{token}\n",
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "APT_CONFIG": str(root.parent / "apt.conf"), "http_proxy": "", "no_proxy": "*"},
    )


def test_the_packages_are_installed_with_the_token_and_the_key(repository: Repository, root: Path) -> None:
    repository.publish("1.11.2~release~9~3f13ad1b1d~bookworm-1~bookworm+1")
    done = install(repository, root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "installed 1.11.2"
    status = (root / "var/lib/dpkg/status").read_text(encoding="utf-8")
    assert all(f"Package: {name}\nStatus: install ok installed" in status for name in PACKAGES)
    assert {path for path, admitted in repository.requests if admitted} >= {
        "/signalwire-freeswitch-repo.gpg", "/dists/bookworm/InRelease", "/pool/freeswitch.deb",
    }  # fmt: skip
    source = (root / "etc/apt/sources.list.d/dialtone-freeswitch.sources").read_text(encoding="utf-8")
    assert f"Signed-By: {root}/etc/apt/keyrings/dialtone-freeswitch.gpg" in source
    assert TOKEN not in source


def test_the_token_is_in_a_file_of_roots_alone_and_in_no_words(repository: Repository, root: Path) -> None:
    repository.publish("1.11.2~release")
    done = install(repository, root)
    holders = [file for file in root.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]
    assert [str(file.relative_to(root)) for file in holders] == ["etc/apt/auth.conf.d/dialtone-freeswitch.conf"]
    assert stat.S_IMODE(holders[0].stat().st_mode) == 0o600
    assert TOKEN not in done.stdout + done.stderr


def test_services_are_held_only_while_the_packages_are_installed(repository: Repository, root: Path) -> None:
    repository.publish("1.11.2~release")
    install(repository, root)
    assert not (root / "usr/sbin/policy-rc.d").exists()
    assert (root / "etc/freeswitch/README.dialtone").exists()


def test_a_refused_token_is_named_and_nothing_is_installed(repository: Repository, root: Path) -> None:
    repository.publish("1.11.2~release")
    done = install(repository, root, token="PTwrong")
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].startswith(f"freeswitch_token: {repository.address} refuses it.")
    assert "PTwrong" not in done.stderr
    assert (root / "var/lib/dpkg/status").read_text(encoding="utf-8") == ""


def test_an_old_candidate_is_refused_before_anything_is_installed(repository: Repository, root: Path) -> None:
    repository.publish("1.10.12~release~11")
    done = install(repository, root)
    assert done.returncode != 0
    assert "offers FreeSWITCH 1.10.12, and the role needs 1.11.2 or newer." in done.stderr
    assert (root / "var/lib/dpkg/status").read_text(encoding="utf-8") == ""


def test_a_release_that_the_repository_does_not_have_is_named(repository: Repository, root: Path) -> None:
    repository.publish("1.11.2~release", suite="trixie")
    done = install(repository, root)
    assert done.returncode != 0
    assert "has nothing for 'bookworm'" in done.stderr


def test_a_repository_that_does_not_answer_is_named(repository: Repository, root: Path) -> None:
    repository.address = "http://127.0.0.1:9/"
    done = install(repository, root)
    assert done.returncode != 0
    assert "freeswitch_repository: its key could not be fetched" in done.stderr
