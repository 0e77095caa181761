# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the settings of a voice host into force: at every boot by dialtone-host.service, and when the role runs.

    apply [--check]     read the settings from standard input, or from the file; print a line for each change
    boot                the same for kernel, processor and network cards alone
    probe               say what there is on the host, for the questions on standard input

Values that somebody has set higher are not lowered, and the other way round. Standard library only.
"""

from __future__ import annotations

import calendar
import ctypes
import fcntl
import glob
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

SETTINGS = "/etc/dialtone/host.json"
ENVIRONMENT = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}  # so that every release writes times in the same way
SIOCETHTOOL, GET_RING, SET_RING = 0x8946, 0x10, 0x11
RING = struct.Struct("9I")  # command; most: rx, mini, jumbo, tx; now: rx, mini, jumbo, tx


def say(line: str) -> None:
    """Tell the role something: a line that begins with ``changed`` or ``warning``."""
    sys.stdout.write(f"{line}\n")


class Host:
    """The machine, or (``root``) a folder that looks like one."""

    def __init__(self, root: str = "/", check: bool = False) -> None:
        self.root = root
        self.check = check

    def path(self, name: str) -> str:
        return os.path.join(self.root, name.lstrip("/"))

    def read(self, name: str) -> str | None:
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return file.read().strip()
        except OSError:
            return None

    def write(self, name: str, text: str) -> None:
        """Write to a file of the kernel."""
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def replace(self, name: str, text: str) -> None:
        """Write a file on disk, whole or not at all. Symbolic links are followed."""
        target = os.path.realpath(self.path(name))
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".dialtone-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)


def said(*command: str) -> tuple[int, str]:
    """Run a program, and return its code and what it said."""
    if shutil.which(command[0]) is None:
        return 127, ""
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=ENVIRONMENT)
    return ended.returncode, ended.stdout.strip()


def container() -> str:
    """Return the kind of container that this is, or an empty text."""
    code, kind = said("systemd-detect-virt", "--container")
    return kind if code == 0 else ""


def fits(rule: str, now: str, wanted: str) -> bool:
    """Say whether a value is as a rule wants it."""
    if rule == "exactly":
        return now == wanted
    return int(now) >= int(wanted) if rule == "at_least" else int(now) <= int(wanted)


def kernel_changes(host: Host, settings: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what the kernel has otherwise, as (file, now, wanted)."""
    found = []
    for name, rule in sorted(settings.get("kernel", {}).items()):
        file = "/proc/sys/" + name.replace(".", "/")
        now = host.read(file)
        kind, wanted = next(iter(rule.items()))
        # What this kernel does not have (busy polling may be left out) it does not need.
        if now is not None and not fits(kind, now, str(wanted)):
            found.append((file, now, str(wanted)))
    governor = settings.get("governor")
    for folder in sorted(glob.glob(host.path("/sys/devices/system/cpu/cpu[0-9]*/cpufreq"))):
        place = "/" + os.path.relpath(folder, host.root)
        now, offered = (host.read(f"{place}/scaling_{what}") for what in ("governor", "available_governors"))
        if governor and now != governor and governor in (offered or "").split():
            found.append((f"{place}/scaling_governor", now or "", governor))
    return found


def apply_kernel(host: Host, settings: dict[str, Any]) -> None:
    """Change the running kernel."""
    for file, now, wanted in kernel_changes(host, settings):
        try:
            if not host.check:
                host.write(file, wanted)
            say(f"changed {file}: {now} -> {wanted}")
        except OSError as error:
            say(f"warning {file} stays {now}, not {wanted}: {error.strerror}. Something else keeps it; see the logs.")


def cards(host: Host) -> list[str]:
    """Return the names of real network cards: what has a device behind it."""
    found = sorted(glob.glob(host.path("/sys/class/net/*/device")))
    return [os.path.basename(os.path.dirname(path)) for path in found]


def ethtool(name: str, request: bytes) -> bytes | None:
    """Ask the driver of a network card; None if it does not know the request."""
    memory = ctypes.create_string_buffer(request, len(request))
    ask = struct.pack("16sP8x", name.encode(), ctypes.addressof(memory))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        try:
            fcntl.ioctl(door, SIOCETHTOOL, ask)
        except OSError:
            return None
    return memory.raw


Driver = Callable[[str, bytes], "bytes | None"]


def ring_change(name: str, wanted: int, driver: Driver = ethtool) -> tuple[int, bytes] | None:
    """Return the receive ring's present size, and the request that makes it larger; None if it is large enough."""
    answer = driver(name, RING.pack(GET_RING, *[0] * 8)) if wanted else None
    if answer is None:
        return None
    numbers = list(RING.unpack(answer))
    most, now = numbers[1], numbers[5]
    if now >= min(wanted, most):
        return None
    numbers[0], numbers[5] = SET_RING, min(wanted, most)
    return now, RING.pack(*numbers)


def boot(host: Host, settings: dict[str, Any]) -> None:
    """Do what has to be done at every boot, before the network comes up."""
    apply_kernel(host, settings)
    for name in cards(host):
        change = ring_change(name, settings.get("ring", 0))
        if change and ethtool(name, change[1]) is not None:
            say(f"changed receive ring of {name}: {change[0]} -> {RING.unpack(change[1])[5]}")


def apply_timezone(host: Host, zone: str) -> None:
    """Point the local time to a zone."""
    link = host.path("/etc/localtime")
    now = os.readlink(link).split("zoneinfo/", 1)[-1] if os.path.islink(link) else "a file"
    if not zone or now == zone:
        return
    if not host.check:
        temporary = f"{link}.dialtone"
        if os.path.lexists(temporary):
            os.unlink(temporary)
        os.symlink(f"/usr/share/zoneinfo/{zone}", temporary)
        os.replace(temporary, link)
        if host.read("/etc/timezone") is not None:
            host.replace("/etc/timezone", f"{zone}\n")
    say(f"changed time zone: {now} -> {zone}. Programs that run already, a PBX too, follow at their next start.")


def apply_locale(host: Host, locale: str) -> None:
    """Name the language of programs."""
    lines = (host.read("/etc/default/locale") or "").splitlines()
    now = next((line.split("=", 1)[1].strip("\"'") for line in lines if line.startswith("LANG=")), "")
    if not locale or now == locale:
        return
    if not host.check:
        kept = [line for line in lines if not line.startswith("LANG=")]
        host.replace("/etc/default/locale", "\n".join([*kept, f"LANG={locale}"]) + "\n")
    say(f"changed locale: {now or 'none'} -> {locale}")


def moment(text: str) -> int:
    """Return the time of a property of systemd, as systemctl writes it in UTC; 0 if there is none."""
    try:
        return calendar.timegm(time.strptime(text.partition("=")[2], "%a %Y-%m-%d %H:%M:%S UTC"))
    except ValueError:
        return 0


def newer(host: Host, files: list[str], than: int) -> bool:
    """Say whether one of some files, or the folder it was removed from, has changed since."""
    for name in files:
        for path in (host.path(name), os.path.dirname(host.path(name))):
            if os.path.exists(path) and int(os.stat(path).st_ctime) >= than:
                return True
    return False


def apply_units(host: Host, settings: dict[str, Any]) -> None:
    """Make systemd know its files, and start what has to run.

    What systemd has loaded is asked of systemd, not of this run: one that was broken off before is made good.
    """
    if said("systemctl", "is-system-running")[1] in ("offline", ""):
        say("warning systemd does not run here: what was written counts from the next boot on.")
        return
    # Before systemd forgets the files: a timer whose service has vanished would have failed.
    for unit in settings.get("disable", []):
        links = sorted(glob.glob(host.path(f"/etc/systemd/system/*.wants/{unit}")))
        active = said("systemctl", "is-active", unit)[1] == "active"
        if (links or active) and not host.check:
            for link in links:
                os.unlink(link)
            said("systemctl", "stop", unit)
        if links or active:
            say(f"changed {unit}: disabled")
    if not host.check:
        loaded = moment(said("systemctl", "show", "-p", "UnitsLoadFinishTimestamp")[1])
        if newer(host, settings.get("unit_files", []), loaded):
            said("systemctl", "daemon-reload")
        journal = said("systemctl", "show", "systemd-journald", "-p", "ActiveEnterTimestamp")[1]
        if newer(host, settings.get("journal_files", []), moment(journal)):
            said("systemctl", "restart", "systemd-journald")
    for unit in settings.get("enable", []):
        known, active = said("systemctl", "is-enabled", unit)[1], said("systemctl", "is-active", unit)[1]
        if known == "masked":
            say(f"warning {unit} is masked, so it never runs; `systemctl unmask {unit}` if that is not on purpose.")
        elif known != "enabled" or (unit.endswith(".timer") and active != "active"):
            now = ["--now"] if unit.endswith(".timer") else []
            if not host.check:
                said("systemctl", "enable", *now, unit)
            say(f"changed {unit}: enabled")


def apply(host: Host, settings: dict[str, Any]) -> None:
    """Do all that can be done while calls are up. Rings of network cards cannot: many drivers go down for it."""
    kind = container()
    if kind and (settings.get("kernel") or settings.get("governor") or settings.get("ring")):
        say(
            f"warning This is a container ({kind}), and its kernel is the machine's: settings of kernel, processor and "
            f"network card are in {SETTINGS} and not in force. Run the role on the machine itself."
        )
    elif not os.access(host.path("/proc/sys/net"), os.W_OK):
        say(f"warning /proc/sys is read-only: the kernel's settings are in {SETTINGS} and not in force.")
    else:
        apply_kernel(host, settings)
    apply_timezone(host, settings.get("timezone", ""))
    apply_locale(host, settings.get("locale", ""))
    apply_units(host, settings)


def probe(host: Host, asked: dict[str, Any]) -> dict[str, Any]:
    """Answer what the role has to know before it changes anything."""
    zone, locale = asked.get("timezone", ""), asked.get("locale", "")
    installed = said("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n")[1].splitlines()
    have = {line.split()[0] for line in installed if line.endswith(" installed")}
    locales = said("locale", "-a")[1].lower().replace("-", "").splitlines()
    system = dict(line.split("=", 1) for line in (host.read("/etc/os-release") or "").splitlines() if "=" in line)
    return {
        "system": system.get("ID", "").strip('"'),
        "timezone_missing": bool(zone)
        and "tzdata" in have
        and not os.path.isfile(host.path(f"/usr/share/zoneinfo/{zone}")),
        "locale_missing": bool(locale) and locale.lower().replace("-", "") not in locales,
        "nft": shutil.which("nft") is not None,
        "missing": [name for name in asked.get("packages", []) if name not in have],
    }


def main(arguments: list[str]) -> int:
    """Run a command."""
    what, host = arguments[0], Host(check="--check" in arguments)
    if what == "boot":
        boot(host, json.loads(host.read(SETTINGS) or "{}"))
        return 0
    given = json.load(sys.stdin)
    if what == "probe":
        say(json.dumps(probe(host, given)))
    else:
        apply(host, given)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
