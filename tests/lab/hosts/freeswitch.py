# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A FreeSWITCH that somebody has ready, as a machine of the lab: no package registry has one to install.

FREESWITCH_PREFIX names a directory with a FreeSWITCH that runs on this machine: the host is of this machine's own
Debian release, has the packages whose libraries those programs use, and sees the directory, read-only, in its place.
FREESWITCH_IMAGE names an archive of a whole machine: of its file system (tar), or as `podman save` writes it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.hosts.errors import LabError
from lab.hosts.host import run
from lab.hosts.images import HOST, HOST_SCRIPT, REPOSITORY, Image
from lab.hosts.store import Store

PREFIX = "FREESWITCH_PREFIX"
IMAGE = "FREESWITCH_IMAGE"
_HOW = (
    f"set {PREFIX} to the directory of a FreeSWITCH that runs on this machine (with bin/freeswitch in it), or {IMAGE} "
    "to an archive of a machine with systemd, sshd, python3 and FreeSWITCH."
)
_LIBRARY = re.compile(r"=> (/\S+) \(0x|^\s*(/\S+) \(0x", re.MULTILINE)


@dataclass(frozen=True)
class Ready:
    """Where it is. prefix: the directory, the same on this machine and on the host; '' for an archive."""

    prefix: str = ""
    archive: str = ""

    @property
    def variables(self) -> dict[str, str]:
        """What the inventory has to say of such a host."""
        found = {"voice_pbx_software": "freeswitch", "freeswitch_install": "existing"}
        return {**found, "freeswitch_prefix": self.prefix} if self.prefix else found

    @property
    def mounts(self) -> tuple[str, ...]:
        return (f"{self.prefix}:{self.prefix}:ro",) if self.prefix else ()

    def tag(self) -> str:
        """Return the name of an archive's image; another archive has another name."""
        file = Path(self.archive).stat()
        what = f"{Path(self.archive).resolve()} {file.st_size} {file.st_mtime_ns} {HOST_SCRIPT}"
        return f"{REPOSITORY}/freeswitch-archive:{hashlib.sha256(what.encode()).hexdigest()[:16]}"


def read_setting() -> Ready:
    """Return what the environment says. LabError if it says nothing, or something that cannot be."""
    prefix, archive = os.environ.get(PREFIX, ""), os.environ.get(IMAGE, "")
    if prefix and archive:
        raise LabError(f"{PREFIX} and {IMAGE} are both set: set one of them.")
    if archive:
        if not Path(archive).is_file():
            raise LabError(f"{IMAGE} is '{archive}', which is not a file: {_HOW}")
        return Ready(archive=str(Path(archive).resolve()))
    if prefix:
        folder = Path(prefix)
        if not os.access(folder / "bin" / "freeswitch", os.X_OK):
            raise LabError(f"{PREFIX} is '{prefix}', but there is no program {folder}/bin/freeswitch: {_HOW}")
        if len(folder.resolve().parts) < 3:
            raise LabError(
                f"{PREFIX} is '{prefix}', which a host has of its own: use a directory with FreeSWITCH alone."
            )
        return Ready(prefix=str(folder.resolve()))
    raise LabError(f"There is no FreeSWITCH to be had: {_HOW}")


def programs(prefix: Path) -> list[str]:
    """Return the programs and libraries below a directory."""
    found = []
    for file in sorted(prefix.rglob("*")):
        if file.is_file() and not file.is_symlink():
            with file.open("rb") as content:
                if content.read(4) == b"\x7fELF":
                    found.append(str(file))
    return found


def libraries(said: str, prefix: str) -> set[str]:
    """Return the libraries outside of prefix that `ldd` names. LabError if one is missing."""
    missing = sorted(set(re.findall(r"^\s*(\S+) => not found", said, re.MULTILINE)))
    if missing:
        raise LabError(
            f"The FreeSWITCH in {prefix} does not run on this machine: {', '.join(missing)} cannot be found. Install "
            f"the packages it was built with, or set {PREFIX} to another."
        )
    return {path for pair in _LIBRARY.findall(said) for path in pair if path and not path.startswith(f"{prefix}/")}


def owners(said: str) -> set[str]:
    """Return the packages that `dpkg -S` names."""
    return set(re.findall(r"^([a-z0-9][a-z0-9.+-]+)(?::[a-z0-9]+)?: /", said, re.MULTILINE))


def _spellings(paths: Iterable[str]) -> list[str]:
    """Return the paths as dpkg may know them: before and after /lib became a link to /usr/lib."""
    return sorted({one for path in paths for one in (path, f"/usr{path}", path.removeprefix("/usr"))})


def debian_suite(text: str) -> str:
    """Return the code name of an os-release. LabError if it is not Debian's."""
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if fields.get("ID", "").strip('"') != "debian" or not fields.get("VERSION_CODENAME"):
        raise LabError(f"{PREFIX} needs a machine with a release of Debian, which this is not: set {IMAGE} instead.")
    return fields["VERSION_CODENAME"].strip('"')


def image(prefix: str) -> Image:
    """Return the definition of a host on which the FreeSWITCH in prefix runs as it does here."""
    suite = debian_suite(Path("/etc/os-release").read_text(encoding="utf-8"))
    used = libraries(run(["ldd", *programs(Path(prefix))], check=False).stdout, prefix)
    packages = owners(run(["dpkg", "-S", *_spellings(used)], check=False).stdout)
    if not packages:
        raise LabError(
            f"dpkg knows no package with the libraries that {prefix}/bin/freeswitch uses: set {IMAGE} instead."
        )
    return Image("freeswitch", suite, (*HOST.packages, *sorted(packages - set(HOST.packages))), HOST.script, True)


def is_saved(archive: str) -> bool:
    """Whether an archive is what `podman save` writes, rather than a file system. LabError if it is neither."""
    try:
        with tarfile.open(archive) as content:
            for count, member in enumerate(content):
                if member.name.removeprefix("./") in ("manifest.json", "oci-layout", "index.json"):
                    return True
                if count > 200:  # an image has few files, and these among them
                    return False
    except (tarfile.TarError, OSError) as error:
        raise LabError(f"{IMAGE} is '{archive}', which is not a tar archive ({error}): {_HOW}") from error
    return False


def load(store: Store, ready: Ready, progress: Callable[[str], None]) -> str:
    """Make an image of an archive, unless it has been made; return its name."""
    name = ready.tag()
    if store.podman("image", "exists", name, check=False).returncode == 0:
        return name
    progress(f"making an image of {ready.archive}")
    raw = f"{REPOSITORY}/freeswitch-archive:unfinished"
    if is_saved(ready.archive):
        said = store.podman("load", "--quiet", "--input", ready.archive, timeout=600).stdout
        raw = said.split("Loaded image:")[-1].split()[-1].strip()
    else:
        store.podman("import", "--quiet", ready.archive, raw, timeout=600)
    # The same few settings as on a host made here: keys alone open SSH, no unit reaches through to this machine.
    maker = "dialtone-freeswitch-archive"
    store.podman("rm", "--force", "--ignore", maker)
    try:
        store.podman("run", "--name", maker, "--network", "none", "--privileged", raw, "sh", "-eu", "-c", HOST_SCRIPT)
        store.podman("commit", "--quiet", maker, name, timeout=600)
    finally:
        store.podman("rm", "--force", "--ignore", maker, check=False)
    return name
