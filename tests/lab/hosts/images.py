# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images: what is in them, how they are named by their content, and how mmdebstrap makes them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lab.hosts.errors import LabError
from lab.hosts.mirror import SETTING, Mirror
from lab.hosts.store import Store

REPOSITORY = "localhost/dialtone-lab"
FORMAT = 2  # counts up when the way of building changes

# Units that would reach through a privileged container to the machine itself, or take the dpkg lock in the middle of a
# test.
_MASKED = (
    "systemd-sysctl.service systemd-binfmt.service proc-sys-fs-binfmt_misc.automount dev-hugepages.mount "
    "sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount "
    "modprobe@.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer "
    "systemd-journal-catalog-update.service ldconfig.service"
)
HOST_SCRIPT = f"""
rm -f /etc/ssh/ssh_host_*
cat > /etc/ssh/sshd_config.d/50-lab.conf <<'EOF'
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UseDNS no
HostKey /etc/ssh/ssh_host_ed25519_key
EOF
mkdir -p /etc/systemd/system/ssh.service.d
cat > /etc/systemd/system/ssh.service.d/50-lab.conf <<'EOF'
[Service]
ExecStartPre=
ExecStartPre=/bin/sh -c 'K=/etc/ssh/ssh_host_ed25519_key; test -s $$K || ssh-keygen -qt ed25519 -N "" -f $$K'
ExecStartPre=/usr/sbin/sshd -t
EOF
for unit in {_MASKED}; do ln -sf /dev/null /etc/systemd/system/$unit; done
: > /etc/machine-id
"""


@dataclass(frozen=True)
class Image:
    """The definition of an image; its tag is a hash of all of it, so that the same definition is built once."""

    name: str
    suite: str
    packages: tuple[str, ...]
    script: str = ""
    keep_lists: bool = False  # leave apt's package lists in, so that a host need not fetch them again

    def tag(self, mirror: Mirror) -> str:
        """Return the full name of the image as built from that mirror."""
        what = [FORMAT, self.suite, sorted(self.packages), self.script, self.keep_lists, mirror.uri, mirror.proxy]
        digest = hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]
        return f"{REPOSITORY}/{self.name}:{digest}"


SUITE = "forky"
# What the PBX hosts are; another Debian for the tests of building from source (tests/tools/slow.py).
PBX_SUITE = os.environ.get("LAB_PBX_SUITE", SUITE)
# A fresh Debian machine: what every installation with SSH and Ansible's needs has, and nothing of telephony.


def bare_machine(suite: str) -> Image:
    """Return the image of a fresh machine of a Debian release: systemd and SSH, and what is always there."""
    return Image(
        "host" if suite == SUITE else f"host-{suite}",
        suite,
        ("systemd", "systemd-sysv", "dbus", "openssh-server", "python3", "python3-apt", "iproute2", "ca-certificates",
         "sudo", "procps"),
        HOST_SCRIPT,
        keep_lists=True,
    )  # fmt: skip


HOST = bare_machine(PBX_SUITE)
CARRIER = Image(
    "carrier",
    SUITE,
    (
        "chrony",
        "kamailio",
        "kamailio-extra-modules",
        "kamailio-tls-modules",
        "kamailio-utils-modules",
        "python3",
        "python3-dnspython",
        "iproute2",
        "nftables",
        "openssl",
        "ca-certificates",
        "tcpdump",
    ),
)
IMAGES = {"carrier": CARRIER, "telephone": CARRIER, "router": CARRIER, "pbx": HOST}  # kind of host -> image


def build_command(image: Image, mirror: Mirror) -> list[str]:
    """Return the command that writes the image's file system to its standard output as a tar archive."""
    command = ["mmdebstrap", "--variant=minbase", "--format=tar", f"--include={','.join(image.packages)}"]
    # The Release file of a suite in development may have passed its date (and has in frozen mirrors).
    command += ['--aptopt=Acquire::Check-Valid-Until "false"', '--aptopt=Acquire::Languages "none"']
    if mirror.proxy:
        command.append(f'--aptopt=Acquire::http::Proxy "{mirror.proxy}"')
    command += [f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in ("man", "doc", "locale")]
    if image.keep_lists:
        command.append("--skip=cleanup/apt/lists")
    if image.script:
        command.append(f'--customize-hook=chroot "$1" sh -eu -c {shlex.quote(image.script)}')
    command += [image.suite, "-"]
    if mirror.uri:
        command.append(f"deb {mirror.uri} {image.suite} main")
    return command


def explain(log: str, image: Image) -> str:
    """Return the sentence for a failed build, from what mmdebstrap printed."""
    if re.search(r"NO_PUBKEY|not signed|no valid signature|Missing key", log, re.IGNORECASE):
        return (
            f"The keys on this machine do not know Debian '{image.suite}': update the package debian-archive-keyring, "
            "then try again."
        )
    if re.search(r"does not have a Release file|404 +Not Found", log):
        return f"The mirror has no Debian '{image.suite}': set {SETTING} to one that has."
    if re.search(r"Could not (resolve|connect)|Temporary failure|Failed to fetch|Unable to connect|timed out", log):
        return (
            "The Debian mirror cannot be reached: check this machine's network and proxy, "
            f"or set {SETTING} to a mirror that it reaches."
        )
    if "No space left" in log:
        return "The disk is full: make room, or set LAB_STORE to a folder on another file system."
    lines = [line for line in log.splitlines() if line.startswith("E:")] or log.splitlines()
    return f"mmdebstrap failed: {' '.join(lines[-2:])}"


def build(store: Store, image: Image, mirror: Mirror, logs: Path) -> None:
    """Build one image and import it. LabError with the remedy if that fails; no image is left then."""
    log = logs / f"image-{image.name}.log"
    with log.open("w", encoding="utf-8") as errors:
        maker = subprocess.Popen(
            build_command(image, mirror),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**store.environment, "LC_ALL": "C.UTF-8"},
        )
        # Under a name of its own until it is known to be whole: a half-written archive imports without complaint.
        raw = f"{REPOSITORY}/{image.name}:unfinished"
        importer = subprocess.run(
            store.command("import", "--quiet", "-", raw),
            stdin=maker.stdout,
            stdout=errors,
            stderr=subprocess.STDOUT,
            env=store.environment,
            check=False,
        )
        assert maker.stdout is not None
        maker.stdout.close()
        made = maker.wait()
    if made != 0 or importer.returncode != 0:
        store.podman("rmi", "--force", raw, check=False)
        text = log.read_text(encoding="utf-8", errors="replace")
        raise LabError(f"The image '{image.name}' could not be built. {explain(text, image)} (Log: {log})")
    store.podman("tag", raw, image.tag(mirror))
    store.podman("untag", raw, raw)


def present(store: Store) -> set[str]:
    """Return the names of the lab's images that there are."""
    text = store.podman("images", "--format", "{{.Repository}}:{{.Tag}}").stdout
    return {line for line in text.split() if line.startswith(REPOSITORY)}


def ensure(
    store: Store,
    mirror: Mirror,
    logs: Path,
    progress: Callable[[str], None],
    pbx: Image = HOST,
    *,
    suites: Iterable[str] = (),
) -> dict[str, str]:
    """Build the images that are missing, all at once; return the image name for each kind of host, and of each suite.

    pbx: what the PBX hosts are to be, if not a fresh machine. suites: further Debian releases, of which there are fresh
    machines besides.
    """
    there = present(store)
    kinds = {**IMAGES, "pbx": pbx, **{suite: bare_machine(suite) for suite in suites}}
    wanted = {image.tag(mirror): image for image in kinds.values()}
    missing = {tag: image for tag, image in wanted.items() if tag not in there}
    if missing:
        names = " and ".join(image.name for image in missing.values())
        source = "this machine's Debian mirror" if mirror.uri else "mmdebstrap's own default mirror"
        progress(f"building the image {names} from {source} (about a minute, once)")
        started = time.monotonic()
        with ThreadPoolExecutor(len(missing)) as pool:
            builds = [pool.submit(build, store, image, mirror, logs) for image in missing.values()]
        for finished in builds:
            finished.result()
        progress(f"images built in {time.monotonic() - started:.0f} s")
        renewed = {tag.rpartition(":")[0] for tag in missing}
        for old in {tag for tag in there if tag.rpartition(":")[0] in renewed} - set(wanted):
            store.podman("rmi", old, check=False)  # refuses while the other lab still uses it, rightly
    return {kind: image.tag(mirror) for kind, image in kinds.items()}
