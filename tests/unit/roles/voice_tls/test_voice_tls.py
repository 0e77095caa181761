# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role voice_tls on this machine, in a folder of its own, with the openssl program for a second opinion."""

from __future__ import annotations

import datetime
import grp
import ipaddress
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from verbose_playbook import run_verbosely

ROOT = Path(__file__).resolve().parents[4]
SCRIPT = ROOT / "roles" / "voice_tls" / "files" / "dialtone-tls.sh"
GROUP = grp.getgrgid(os.getgid()).gr_name
FILES = ["agent.pem", "ca.pem", "carrier-ca.pem", "certificate.pem", "key.pem"]
KEY_TEXT = re.compile(r"PRIVATE KEY-----\n\S+\n(\S{40})")  # all RSA keys begin alike


def openssl(*arguments: str, given: str = "") -> str:
    done = subprocess.run(["openssl", *arguments], input=given, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Host:
    """A host with the role's files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tls = folder / "etc" / "dialtone" / "tls"
        self.bundle = folder / "bundle.pem"
        self.bundle.write_text("# authorities of the system\n", encoding="utf-8")
        self.authority = folder / "authority"
        self.tls.parent.parent.mkdir()
        self.output = ""

    def run(self, check: bool = False, failing: bool = False, **tls: Any) -> str:
        """Apply the role. Return changed tasks and notifications."""
        tls = {"directory": str(self.authority), "name": "pbx.example.com", "carrier_ca": str(self.bundle), **tls}
        task = {
            "ansible.builtin.include_role": {"name": "dialtone.voice.voice_tls"},
            "vars": {
                "voice_tls": {name: value for name, value in tls.items() if value is not None},
                "voice_tls_path": str(self.tls),
                "voice_tls_group": GROUP,
                "__voice_tls_units": str(self.folder),
            },
        }
        if failing:
            task = {
                "block": [task, {"ansible.builtin.fail": {"msg": "it should have failed"}}],
                "rescue": [{"ansible.builtin.assert": {"that": "'should have' not in ansible_failed_result.msg"}}],
            }
        keywords = {"check_mode": check}
        (self.folder / "log").unlink(missing_ok=True)
        done = run_verbosely(self.folder, [task], keywords)
        assert done.returncode == 0, done.stdout
        self.output = done.stdout
        assert check or failing or self.keys()
        for key in self.keys():
            assert key not in self.output
        return self.output

    def keys(self) -> set[str]:
        """Return a part of each private key that there is."""
        texts = [path.read_text(encoding="utf-8") for path in self.folder.rglob("*") if path.suffix in (".pem", ".key")]
        return {match[1] for text in texts for match in KEY_TEXT.finditer(text)}

    @property
    def changed(self) -> bool:
        found = re.search(r"changed=(\d+)", self.output)
        assert found
        return found[1] != "0"

    @property
    def notified(self) -> bool:
        return "RUNNING HANDLER" in self.output

    def text(self, name: str) -> str:
        return (self.tls / name).read_text(encoding="utf-8")

    def fingerprint(self) -> str:
        return openssl("x509", "-in", str(self.tls / "certificate.pem"), "-noout", "-fingerprint")


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def make_certificate(key: Any, days: int, name: str, issuer: tuple[Any, Any] | None = None) -> str:
    """Return a certificate that ends in so many days, of itself or of an issuer (certificate and key)."""
    now = datetime.datetime.now(datetime.timezone.utc)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    address = re.fullmatch("[0-9.]+", name)
    other = x509.IPAddress(ipaddress.ip_address(name)) if address else x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=100))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .sign(issuer[1] if issuer else key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def make_pair(folder: Path, name: str = "given", days: int = 90) -> dict[str, str]:
    """Make a certificate and key in files, and return them as options of ``voice_tls``."""
    certificate, own = folder / f"{name}.crt.pem", folder / f"{name}.key.pem"
    own.write_text(openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), encoding="utf-8")
    key = serialization.load_pem_private_key(own.read_bytes(), None)
    certificate.write_text(make_certificate(key, days, f"{name}.example.com"), encoding="utf-8")
    return {"source": "files", "certificate": str(certificate), "key": str(own)}


def files_source(pair: dict[str, str]) -> dict[str, Any]:
    return {"directory": None, "name": None, **pair}


def test_a_private_authority_from_the_first_day(host: Host) -> None:
    host.run(check=True)
    assert host.changed
    assert not host.tls.exists()
    assert not host.authority.exists()
    host.run()
    assert (host.changed, host.notified) == (True, True)
    assert sorted(path.name for path in host.tls.iterdir()) == FILES
    assert [stat.S_IMODE(path.stat().st_mode) for path in (host.tls.parent, host.tls)] == [0o755, 0o750]
    for path in host.tls.iterdir():
        assert (stat.S_IMODE(path.stat().st_mode), path.stat().st_gid) == (0o640, os.getgid()), path
    assert stat.S_IMODE(host.authority.stat().st_mode) == 0o700
    assert stat.S_IMODE((host.authority / "ca.key").stat().st_mode) == 0o600
    assert (host.authority / ".gitignore").read_text(encoding="utf-8") == "*\n"
    openssl(
        *("verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "pbx.example.com"),
        *("-CAfile", str(host.tls / "ca.pem"), str(host.tls / "certificate.pem")),
    )
    assert host.text("agent.pem") == host.text("certificate.pem") + host.text("key.pem")
    assert host.text("carrier-ca.pem") == host.bundle.read_text(encoding="utf-8") + host.text("ca.pem")
    assert host.text("ca.pem") == (host.authority / "ca.pem").read_text(encoding="utf-8")
    shown = openssl("x509", "-in", str(host.tls / "certificate.pem"), "-noout", "-text")
    assert "Public-Key: (2048 bit)" in shown
    before = host.fingerprint()
    host.run()
    assert (host.changed, host.notified, host.fingerprint()) == (False, False, before)
    host.run(check=True)
    assert not host.changed


def test_what_leads_to_another_certificate(host: Host) -> None:
    host.run()
    first, first_key = host.fingerprint(), host.text("key.pem")
    host.run(check=True, name="192.0.2.7")
    assert host.changed
    host.run(name="192.0.2.7")
    second = host.fingerprint()
    assert (second != first, host.text("key.pem") != first_key) == (True, True)
    openssl(
        *("verify", "-verify_ip", "192.0.2.7", "-CAfile", str(host.tls / "ca.pem")),
        str(host.tls / "certificate.pem"),
    )
    # Close to its end.
    issuer = (
        x509.load_pem_x509_certificate((host.authority / "ca.pem").read_bytes()),
        serialization.load_pem_private_key((host.authority / "ca.key").read_bytes(), None),
    )
    key = serialization.load_pem_private_key((host.tls / "key.pem").read_bytes(), None)
    host.run(name="192.0.2.7", carrier_ca=str(host.bundle))
    assert not host.changed
    near = make_certificate(key, 29, "192.0.2.7", issuer)
    (host.tls / "certificate.pem").write_text(near, encoding="utf-8")
    host.run(name="192.0.2.7")
    assert host.changed
    openssl("x509", "-in", str(host.tls / "certificate.pem"), "-noout", "-checkend", str(396 * 86400))
    # A key that does not fit, as a killed run may leave one.
    (host.tls / "key.pem").write_text(first_key, encoding="utf-8")
    third = host.fingerprint()
    host.run(name="192.0.2.7")
    assert host.fingerprint() != third
    # Another authority.
    (host.authority / "ca.pem").rename(host.authority / "old.pem")
    (host.authority / "ca.key").rename(host.authority / "old-ca.key")
    host.run(name="192.0.2.7")
    assert host.changed
    openssl("verify", "-CAfile", str(host.authority / "ca.pem"), str(host.tls / "certificate.pem"))


def test_rights_and_other_drift_are_put_right(host: Host) -> None:
    host.run()
    before = host.fingerprint()
    (host.tls / "key.pem").chmod(0o644)
    (host.tls / "agent.pem").write_text("gone", encoding="utf-8")
    host.tls.chmod(0o755)
    host.bundle.write_text("# new authorities\n", encoding="utf-8")
    (host.tls / ".work.dead").mkdir()
    host.run(check=True)
    assert host.changed
    host.run()
    assert (host.changed, host.fingerprint()) == (True, before)
    assert stat.S_IMODE((host.tls / "key.pem").stat().st_mode) == 0o640
    assert stat.S_IMODE(host.tls.stat().st_mode) == 0o750
    assert host.text("agent.pem") == host.text("certificate.pem") + host.text("key.pem")
    assert host.text("carrier-ca.pem").startswith("# new authorities\n")
    assert sorted(path.name for path in host.tls.iterdir()) == FILES


def test_many_hosts_make_one_authority(tmp_path: Path) -> None:
    command = ["sh", str(SCRIPT.with_name("authority.sh")), str(tmp_path / "new" / "authority"), "show"]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for __ in range(6)]
    shown = {run.communicate(timeout=60) for run in runs}
    assert len(shown) == 1, shown
    (certificate, complaints) = shown.pop()
    assert complaints == ""
    assert openssl("x509", "-noout", "-pubkey", given=certificate) == openssl(
        "pkey", "-pubout", "-in", str(tmp_path / "new" / "authority" / "ca.key")
    )
    assert sorted(path.name for path in (tmp_path / "new" / "authority").iterdir()) == [
        ".gitignore",
        "ca.key",
        "ca.pem",
    ]


def test_an_authority_that_cannot_be_used(host: Host) -> None:
    host.run()
    (host.authority / "ca.key").chmod(0o644)
    assert "others can read" in host.run(failing=True)
    (host.authority / "ca.key").unlink()
    assert "bring the key back from a backup" in host.run(failing=True)


def test_given_files(host: Host) -> None:
    host.run()
    pair = make_pair(host.folder)
    host.run(check=True, **files_source(pair))
    assert host.changed
    host.run(**files_source(pair))
    assert (host.changed, host.notified) == (True, True)
    assert sorted(path.name for path in host.tls.iterdir()) == [name for name in FILES if name != "ca.pem"]
    assert host.text("certificate.pem") == Path(pair["certificate"]).read_text(encoding="utf-8")
    assert host.text("key.pem") == Path(pair["key"]).read_text(encoding="utf-8")
    assert host.text("carrier-ca.pem") == host.bundle.read_text(encoding="utf-8")
    host.run(**files_source(pair))
    assert not host.changed
    assert "WARNING" not in re.sub(r"\[WARNING\]", "", host.output)


def test_a_certificate_that_ends_soon(host: Host) -> None:
    host.run(**files_source(make_pair(host.folder, days=13)))
    assert "WARNING: voice_tls.certificate: the certificate ends on" in host.output
    assert host.changed


def test_given_files_that_cannot_be_used(host: Host) -> None:
    good = make_pair(host.folder, "good")
    host.run(**files_source(good))
    before = {path.name: path.read_bytes() for path in host.tls.iterdir()}
    other = make_pair(host.folder, "other")
    encrypted, text = host.folder / "encrypted.key.pem", host.folder / "text.pem"
    openssl("pkey", "-in", other["key"], "-aes256", "-passout", "pass:zebra", "-out", str(encrypted))
    text.write_text("no certificate\n", encoding="utf-8")
    old = make_pair(host.folder, "old", days=-1)
    for pair, words in (
        ({**good, "key": other["key"]}, "the key does not belong to the first certificate in voice_tls.certificate"),
        ({**good, "key": str(encrypted)}, "voice_tls.key: the key has a passphrase"),
        ({**good, "key": str(text)}, "voice_tls.key: there is no private key in it"),
        ({**good, "certificate": str(text)}, "voice_tls.certificate: there is no certificate in it"),
        (old, "voice_tls.certificate: the certificate ended on"),
        ({**good, "key": "/no/such.key"}, "voice_tls.key: /no/such.key cannot be read on the controller. Correct"),
        ({**good, "carrier_ca": "/no/such"}, "voice_tls.carrier_ca: /no/such is not on the host"),
    ):
        assert words in host.run(failing=True, **files_source(pair)), words
        assert {path.name: path.read_bytes() for path in host.tls.iterdir()} == before
    assert "voice_tls: source is" in host.run(failing=True, source="files", directory=None)


def follow(host: Host, live: Path, *options: str, search: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program as the host does when an ACME client has renewed something."""
    return subprocess.run(
        [
            *("sh", str(SCRIPT), "--directory", str(host.tls), "--group", GROUP, "--carrier-ca", str(host.bundle)),
            *(*options, "follow", str(live)),
        ],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PATH": f"{search}:{os.environ['PATH']}".lstrip(":")},
    )  # fmt: skip


def renew(live: Path, name: str, pair: dict[str, str]) -> None:
    """Put a pair into a live directory as ACME clients do, by links."""
    live.mkdir(exist_ok=True)
    for link, option in (("fullchain.pem", "certificate"), ("privkey.pem", "key")):
        (live / link).unlink(missing_ok=True)
        (live / link).symlink_to(pair[option])
    assert name in pair["certificate"]


def test_following_an_acme_client(host: Host) -> None:
    live = host.folder / "live"
    done = follow(host, live)
    assert (done.returncode, "let the ACME client get a certificate first" in done.stderr) == (1, True)
    renew(live, "first", make_pair(host.folder, "first"))
    done = follow(host, live)
    expected = [
        "changed .",
        "changed key.pem",
        "changed certificate.pem",
        "changed agent.pem",
        "changed carrier-ca.pem",
    ]
    assert done.stdout.splitlines() == expected
    assert not (host.tls / "key.pem").is_symlink()
    assert follow(host, live).stdout == ""
    hooks = host.tls / "renewed.d"
    hooks.mkdir()
    ran = host.folder / "ran"
    (hooks / "service").write_text(
        f"#!/bin/sh\necho reload >> {ran}\ntest ! -e {host.folder}/broken\n", encoding="utf-8"
    )
    (hooks / "service").chmod(0o755)
    assert follow(host, live, "--hooks").returncode == 0
    assert not ran.exists()
    renew(live, "second", make_pair(host.folder, "second"))
    assert "changed key.pem" in follow(host, live, "--check", "--hooks").stdout
    (host.folder / "broken").touch()
    assert follow(host, live, "--hooks").returncode != 0
    assert host.text("certificate.pem") == (live / "fullchain.pem").read_text(encoding="utf-8")
    # The hook failed: it is run again although nothing changed since.
    (host.folder / "broken").unlink()
    assert follow(host, live, "--hooks").returncode == 0
    assert ran.read_text(encoding="utf-8") == "reload\nreload\n"
    assert follow(host, live, "--hooks").returncode == 0
    assert ran.read_text(encoding="utf-8") == "reload\nreload\n"


def test_a_key_is_never_readable_by_others(host: Host) -> None:
    """Programs in front of the real ones note the modes of what they are given, while everything would be allowed."""
    live, noted, programs = host.folder / "live", host.folder / "noted", host.folder / "programs"
    renew(live, "first", make_pair(host.folder, "first"))
    programs.mkdir()
    for name in ("chgrp", "chmod", "mv"):
        shim = programs / name
        shim.write_text(
            f'#!/bin/sh\nfor file in "$@"; do [ ! -f "$file" ] || stat -c "{name} %a %n" "$file" >> {noted}; done\n'
            f'PATH=${{PATH#*:}}\nexec {name} "$@"\n',
            encoding="utf-8",
        )
        shim.chmod(0o755)
    old = os.umask(0)
    try:
        assert follow(host, live, search=str(programs)).returncode == 0
    finally:
        os.umask(old)
    notes = [note.split(" ", 2) for note in noted.read_text(encoding="utf-8").splitlines()]
    assert {(action, mode) for action, mode, __ in notes} == {("chgrp", "600"), ("chmod", "600"), ("mv", "640")}
    assert {Path(file).name for __, __, file in notes} == {name for name in FILES if name != "ca.pem"}
    for path in [host.tls, *host.tls.iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0
