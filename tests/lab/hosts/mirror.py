# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where this machine gets Debian packages from: its apt sources, read at run time. Pure but for `read_mirror`."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lab.hosts.errors import LabError

SETTING = "LAB_DEBIAN_MIRROR"
# Names a Debian archive is asked by; anything else in the sources is another distribution or a third party.
SUITES = frozenset(
    "bullseye bookworm trixie forky duke sid oldoldstable oldstable stable testing unstable".split()  # noqa: SIM905
)
_ONE_LINE = re.compile(r"^\s*deb\s+(?:\[[^\]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>[^#]+)")


@dataclass(frozen=True)
class Source:
    """One archive of the sources: URI, suite, components."""

    uri: str
    suite: str
    components: tuple[str, ...]


@dataclass(frozen=True)
class Mirror:
    """A Debian mirror. uri '' leaves the choice to mmdebstrap's own default; proxy as apt's Acquire::http::Proxy."""

    uri: str = ""
    proxy: str = ""

    @property
    def ports(self) -> frozenset[int]:
        """TCP ports that a host must reach to download packages."""
        ports = {80, 443}
        for address in (self.uri, self.proxy):
            port = urlsplit(address).port if address else None
            if port:
                ports.add(port)
        return frozenset(ports)


def parse_one_line(text: str) -> Iterator[Source]:
    """Yield the binary archives of a sources.list."""
    for line in text.splitlines():
        if found := _ONE_LINE.match(line):
            yield Source(found["uri"], found["suite"].rstrip("/"), tuple(found["components"].split()))


def parse_deb822(text: str) -> Iterator[Source]:
    """Yield the enabled binary archives of a .sources file."""
    for stanza in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        key = ""
        for line in stanza.splitlines():
            if line.lstrip().startswith("#"):
                continue
            if line[:1].isspace():
                fields[key] = f"{fields.get(key, '')} {line.strip()}"
            elif ":" in line:
                name, __, value = line.partition(":")
                key = name.strip().lower()
                fields[key] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in ("no", "false"):
            continue
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(uri, suite, tuple(fields.get("components", "").split()))


def choose(sources: list[Source]) -> str:
    """Return the URI of the first Debian main archive among the sources; '' if there is none (Ubuntu, say)."""
    for source in sources:
        scheme = source.uri.partition(":")[0]
        known = scheme in ("http", "https", "mirror+file", "mirror+http", "mirror+https", "mirror")
        if known and source.suite in SUITES and "main" in source.components:
            return source.uri.rstrip("/")
    return ""


def check_setting(value: str) -> str:
    """Return LAB_DEBIAN_MIRROR without a trailing slash. LabError if it is not an http(s) URL."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LabError(
            f"{SETTING} is '{value}', which is not the URL of a Debian mirror: it has the form http://HOST/debian."
        )
    return value.rstrip("/")


def read_sources(root: Path) -> list[Source]:
    """Read sources.list and sources.list.d below `root` (normally /etc/apt)."""
    found: list[Source] = []
    folder = root / "sources.list.d"
    files = [root / "sources.list", *(sorted(folder.iterdir()) if folder.is_dir() else [])]
    for file in files:
        if file.suffix not in (".list", ".sources") or not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        found += parse_deb822(text) if file.suffix == ".sources" else parse_one_line(text)
    return found


def resolve(uri: str) -> str:
    """Replace apt's `mirror+file:` indirection (cloud images have it) by the first mirror of that file."""
    if not uri.startswith("mirror+file:"):
        return uri
    file = Path(uri.removeprefix("mirror+file:"))
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    mirrors = [line.split()[0] for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return mirrors[0].rstrip("/") if mirrors else ""


def read_mirror(root: Path = Path("/etc/apt")) -> Mirror:
    """Return the mirror to build from: LAB_DEBIAN_MIRROR, else this machine's own, else mmdebstrap's default."""
    setting = os.environ.get(SETTING, "")
    uri = check_setting(setting) if setting else resolve(choose(read_sources(root)))
    return Mirror(uri, _proxy())


def _proxy() -> str:
    # mmdebstrap does not read the machine's apt settings, so a proxy there has to be handed on.
    if os.environ.get("http_proxy"):
        return os.environ["http_proxy"]
    answer = subprocess.run(
        ["apt-config", "shell", "PROXY", "Acquire::http::Proxy"], capture_output=True, text=True, check=False
    )
    found = re.match(r"PROXY='(.*)'", answer.stdout)
    return found[1] if found and found[1].upper() != "DIRECT" else ""
