# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a voice host and changes nothing: prints ``problem`` and ``warning`` lines, each with its remedy.

The role runs it, and so may anybody on the host: python3 /usr/local/libexec/dialtone-host/verify.py
"""

from __future__ import annotations

import json
import os
import re
import time
from typing import Any

from dialtone_host import SETTINGS, Host, cards, container, kernel_changes, moment, ring_change, said, say

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# Whoever listens for these is meant to be reached, and the firewall says by whom.
MEANT = {"sshd", "dhclient", "dhcpcd", "systemd-networkd", "NetworkManager"}
PBX = {"asterisk", "freeswitch", "kamailio"}
KNOWN = {
    5038: "the manager interface of Asterisk; bind it to 127.0.0.1 (bindaddr in manager.conf)",
    8088: "the HTTP server of Asterisk (ARI); bind it to 127.0.0.1 (bindaddr in http.conf)",
    8089: "the HTTPS server of Asterisk (ARI); bind it to 127.0.0.1 (tlsbindaddr in http.conf)",
    8021: "the event socket of FreeSWITCH; bind it to 127.0.0.1 (listen-ip in event_socket.conf.xml)",
    111: "rpcbind; a voice host needs no NFS: apt-get purge rpcbind",
    25: "a mail server; let it listen on 127.0.0.1 only (dpkg-reconfigure exim4-config, or inet_interfaces of Postfix)",
    631: "the print server; apt-get purge cups",
    5353: "Avahi or another mDNS responder; apt-get purge avahi-daemon, or MulticastDNS=no in resolved.conf",
    5355: "LLMNR of systemd-resolved; LLMNR=no in /etc/systemd/resolved.conf",
    4569: "IAX2 of Asterisk; the description has no use for it: do not load chan_iax2",
    2000: "Skinny of Asterisk; the description has no use for it: do not load chan_skinny",
}
EVERYWHERE = {"0.0.0.0", "*", "[::]"}  # noqa: S104 - what is looked for, not what is done
EPHEMERAL = 32768  # from here on the kernel gives ports to whoever asks for something, such as a name


def asked(*command: str) -> str:
    """Return what a program says, and nothing if there is none."""
    return said(*command)[1]


def sockets(lines: list[str]) -> list[tuple[str, int, str]]:
    """Return what listens on all addresses, as (protocol, port, program), from the words of ``ss -Htulnp``."""
    found = set()
    for line in lines:
        words = line.split()
        if len(words) < 5:
            continue
        address, _colon, port = words[4].rpartition(":")
        if address in EVERYWHERE and port.isdigit():
            name = re.search(r'\(\("([^"]+)"', line)
            found.add((words[0], int(port), name.group(1) if name else "the kernel"))
    return sorted(found, key=lambda item: (item[1], item[0], item[2]))


def listening(settings: dict[str, Any], lines: list[str]) -> list[str]:
    """Return warnings of what can be reached and that no role opened."""
    first, last = settings["media"]
    meant = {("udp", port) for port in settings["sip"]} | {("tcp", port) for port in settings["sip"]}
    meant |= {(word.partition("/")[0], int(word.partition("/")[2])) for word in settings["listening"]}
    warnings = []
    for protocol, port, program in sockets(lines):
        media = protocol == "udp" and (first <= port <= last or port >= EPHEMERAL)
        if port in KNOWN and (protocol, port) not in meant:
            warnings.append(f"{protocol}/{port} ({program}) listens on all addresses: {KNOWN[port]}.")
        elif not media and (protocol, port) not in meant and program not in MEANT | PBX and port != 22:
            warnings.append(
                f"{protocol}/{port} ({program}) listens on all addresses, and no role opened it: stop it, let it "
                f"listen on 127.0.0.1, or add '{protocol}/{port}' to voice_host_listening."
            )
    return warnings


def in_window(window: dict[str, Any], when: time.struct_time) -> bool:
    """Say whether a time is in the maintenance window, which may go past midnight."""
    minute = when.tm_hour * 60 + when.tm_min - window["start"]
    day = when.tm_wday if minute >= 0 else when.tm_wday - 1
    return minute % 1440 <= window["length"] and DAYS[day % 7] in window["days"]


def timers(settings: dict[str, Any], shown: dict[str, str]) -> list[str]:
    """Return problems of timers; ``shown`` is what systemd says of each."""
    problems = []
    for unit, text in shown.items():
        values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        at = moment(f"={values.get('NextElapseUSecRealtime', '')}")
        if not at:
            if values.get("LoadState") != "masked":
                problems.append(f"{unit} is not waiting for anything; see `systemctl status {unit}`.")
        elif not in_window(settings["window"], time.localtime(at)):
            when = time.strftime("%a %H:%M", time.localtime(at))
            problems.append(
                f"{unit} comes next on {when}, outside the maintenance window: something beside the role's file sets "
                f"its time; see `systemctl cat {unit}`."
            )
        if values.get("Persistent") == "yes":
            problems.append(f"{unit} makes up at boot for what it missed (Persistent=); see `systemctl cat {unit}`.")
    return problems


def pattern(name: str) -> str:
    """Return what templates/apt.conf.j2 makes of the beginning of a package's name."""
    return "^" + re.sub(r"([.+])", r"\\\1", name)


def updates(settings: dict[str, Any], dump: str) -> list[str]:
    """Return problems of apt's configuration, from the words of ``apt-config dump``."""
    values: dict[str, list[str]] = {}
    for name, value in re.findall(r'^Unattended-Upgrade::([A-Za-z-]+)(?:::)? "(.*)";$', dump, re.M):
        values.setdefault(name, []).append(value)
    where = "a file behind /etc/apt/apt.conf.d/52dialtone changes that; see `apt-config dump Unattended-Upgrade`"
    problems = []
    extra = {*values.get("Origins-Pattern", []), *values.get("Allowed-Origins", [])} - {"", *settings["origins"]}
    if extra:
        problems.append(f"Updates also come from {', '.join(sorted(extra))}: {where}.")
    absent = [name for name in settings["held"] if pattern(name) not in values.get("Package-Blacklist", [])]
    if absent:
        problems.append(f"{', '.join(absent)} would be upgraded unattended, and so restarted: {where}.")
    if values.get("Automatic-Reboot", ["false"])[-1] != "false":
        problems.append(f"The host would restart by itself outside the maintenance window: {where}.")
    return problems


def waiting(settings: dict[str, Any]) -> list[str]:
    """Return warnings of updates of held packages, and of a PBX that uses libraries which were replaced."""
    warnings = []
    patterns = [f"{name}*" for name in settings["held"]]
    installed = asked("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *patterns).splitlines()
    names = [line.split()[1] for line in installed if line.startswith("installed ")]
    policy = asked("apt-cache", "policy", *names) if names else ""
    for name, now, new in re.findall(r"^(\S+):\n +\S+: (\S+)\n +\S+: (\S+)", policy, re.M):
        if now != new:
            warnings.append(f"{name} {new} waits ({now} is installed): upgrade it when calls may be interrupted.")
    for folder in os.scandir("/proc"):
        if folder.name.isdigit():
            try:
                with open(f"/proc/{folder.name}/comm", encoding="utf-8") as file:
                    name = file.read().strip()
                if name in PBX:
                    with open(f"/proc/{folder.name}/maps", encoding="utf-8") as file:
                        old = sorted(set(re.findall(r"(/usr/\S+\.so\S*) \(deleted\)", file.read())))
                    if old:
                        warnings.append(
                            f"{name} still uses {len(old)} libraries that were upgraded since "
                            f"({os.path.basename(old[0])} …): restart it when calls may be interrupted."
                        )
            except OSError:
                continue  # it has ended meanwhile
    if os.path.exists("/run/reboot-required"):
        warnings.append(
            "An update needs a restart of the host (/run/reboot-required): plan it, or set voice_host_reboot."
        )
    return warnings


def verify(settings: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return problems and warnings."""
    problems: list[str] = []
    warnings = listening(settings, asked("ss", "-Htulnp").splitlines())
    if not container():
        host = Host()
        problems += [
            f"{file} is {now}, not {wanted}: something set it again after the role; search /etc for it."
            for file, now, wanted in kernel_changes(host, settings)
        ]
        for name in cards(host):
            change = ring_change(name, settings["ring"])
            if change:
                warnings.append(f"The receive ring of {name} has {change[0]} places; it grows at the next boot.")
    if settings["updates"]:
        ask = ("-p", "NextElapseUSecRealtime", "-p", "Persistent", "-p", "LoadState")
        shown = {unit: asked("systemctl", "show", unit, *ask) for unit in settings["timers"]}
        problems += timers(settings, shown) + updates(settings, asked("apt-config", "dump", "Unattended-Upgrade"))
        warnings += waiting(settings)
    return problems, warnings


if __name__ == "__main__":
    with open(SETTINGS, encoding="utf-8") as given:
        found = verify(json.load(given))
    for kind, lines in zip(("problem", "warning"), found):
        for line in lines:
            say(f"{kind} {line}")
