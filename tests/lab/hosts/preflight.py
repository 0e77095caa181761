# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to hold before a lab is started; each shortcoming is a sentence with its remedy. Nothing is changed here
but packages, and that is said."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lab.hosts.errors import LabError
from lab.hosts.host import ip_json, run
from lab.hosts.plan import Plan

# program -> the Debian package it is in
PROGRAMS = {
    "podman": "podman",
    "crun": "crun",
    "conmon": "conmon",
    "mmdebstrap": "mmdebstrap",
    "nsenter": "util-linux",
    "ip": "iproute2",
    "iptables": "iptables",
    "nft": "nftables",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
}
# file -> package, where the package has no program on the path
FILES = {
    "/usr/lib/podman/netavark": "netavark",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
}
ADMIN_PATH = "/usr/local/sbin:/usr/sbin:/sbin"
NEEDED_MIB = 3000  # both images, their import and the hosts' packages
OLDEST_PODMAN = (4, 0)


def become_root(module: str) -> None:
    """Start `python -m MODULE` with the same arguments again through sudo, unless this is root already.

    Does not return if it did. LabError if there is no sudo, or none without a terminal to ask on.
    """
    if os.geteuid() == 0:
        return
    remedy = "run it as root, or as somebody who may use sudo"
    sudo = shutil.which("sudo")
    if sudo is None:
        raise LabError(f"The lab needs root for its containers and there is no sudo here: {remedy}.")
    asks = [] if sys.stdin.isatty() else ["-n"]
    if run([sudo, *asks, "true"], check=False, timeout=300).returncode != 0:
        raise LabError(f"The lab needs root for its containers and sudo refuses: {remedy}.")
    names = [name for name in os.environ if name.startswith(("LAB_", "ANSIBLE_")) or name in ("http_proxy", "NO_COLOR")]
    # Without the last, root would leave compiled files in somebody else's checkout.
    names += ["PYTHONPATH", "PATH", "LC_ALL", "TERM", "PYTHONDONTWRITEBYTECODE"]
    keep = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    os.execv(sudo, [sudo, *asks, "env", *keep, sys.executable, "-m", module, *sys.argv[1:]])  # noqa: S606


def require_root() -> None:
    """LabError unless this is root."""
    if os.geteuid() != 0:
        raise LabError("The lab needs root for its containers: run this as root or through sudo.")


def find_admin_programs() -> None:
    """Put the folders of administration programs on the path, which ordinary users' paths lack."""
    path = os.environ.get("PATH", "")
    missing = [folder for folder in ADMIN_PATH.split(":") if folder not in path.split(":")]
    os.environ["PATH"] = ":".join([path, *missing]) if path else ADMIN_PATH


def missing_packages() -> list[str]:
    """Return the packages that have to be installed, sorted."""
    wanted = {package for program, package in PROGRAMS.items() if shutil.which(program) is None}
    wanted |= {package for file, package in FILES.items() if not Path(file).exists()}
    return sorted(wanted)


def run_to_end(argv: Sequence[str], progress: Callable[[str], None]) -> str:
    """Run a package manager and return what it printed. Ctrl-C waits until it is done, and counts then: a
    package manager that is killed leaves packages half installed, and refuses the next time."""
    with subprocess.Popen(
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # where the terminal's Ctrl-C does not reach it
    ) as process:
        assert process.stdout is not None
        stopped = None
        said = ""
        while True:
            try:
                said += process.stdout.read()
                process.wait()
                break
            except KeyboardInterrupt as error:
                progress("will stop as soon as apt-get is done")
                stopped = error
        if stopped:
            raise stopped
        return said


def install_packages(progress: Callable[[str], None]) -> None:
    """Install what is missing with apt-get. LabError with what to do if that is not possible."""
    missing = missing_packages()
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise LabError(
            f"{', '.join(missing)} are missing and this is not Debian or Ubuntu: install them, then try again."
        )
    progress(f"installing with apt-get: {' '.join(missing)}")
    # A machine that has just booted may still be busy with its own updates: wait for their lock.
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    said = run_to_end([*apt, "update"], progress)  # may fail: older lists may do, and its words explain what follows
    said += run_to_end([*apt, "install", "-y", "--no-install-recommends", *missing], progress)
    still = missing_packages()
    if still:
        words = [line for line in said.splitlines() if line.startswith(("W:", "E:"))] or said.splitlines()
        raise LabError(
            f"apt-get could not install {', '.join(still)}: {' '.join(dict.fromkeys(words[:1] + words[-1:]))} "
            "Check this machine's network and package sources, then try again."
        )


def check_podman() -> None:
    """LabError if Podman is too old to place a container in two networks with a fixed address."""
    text = run(["podman", "--version"]).stdout
    found = re.search(r"(\d+)\.(\d+)", text)
    if not found or (int(found[1]), int(found[2])) < OLDEST_PODMAN:
        raise LabError(f"{text.strip()} is too old: the lab needs Podman 4.0 or newer (Debian 12, Ubuntu 24.04).")


def check_space(folder: Path, needed_mib: int = NEEDED_MIB) -> None:
    """LabError if the file system of `folder` (or of the next folder above that exists) has too little room."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // 2**20
    if free < needed_mib:
        raise LabError(
            f"{folder} has {free} MiB free, the lab needs {needed_mib}: make room, or set LAB_STORE to another folder."
        )


def find_conflicts(plan: Plan, links: list[dict[str, Any]], routes: list[dict[str, Any]]) -> list[str]:
    """Return a sentence for everything on the machine that uses one of the lab's networks.

    links, routes: as `ip -j address` and `ip -j route show table all` print them. The lab's own bridges do not count.
    """
    wanted = [ipaddress.ip_network(plan.subnet), ipaddress.ip_network(plan.nat_subnet)]
    if plan.nat:
        wanted.append(ipaddress.ip_network(plan.inside_subnet))
    own_bridges = (*plan.bridges, plan.inside_bridge)
    found = []
    for link in links:
        if link.get("ifname") in own_bridges:
            continue
        for address in link.get("addr_info", []):
            if address.get("family") != "inet":
                continue
            network = ipaddress.ip_network(f"{address['local']}/{address['prefixlen']}", strict=False)
            for own in wanted:
                if network.overlaps(own):
                    found.append(
                        f"The interface {link['ifname']} has {address['local']}/{address['prefixlen']}, "
                        f"inside the lab's network {own}: take the address off, or use another lab (--name)."
                    )
    for route in routes:
        destination = str(route.get("dst", "default"))
        if destination == "default" or ":" in destination or route.get("dev") in own_bridges:
            continue
        if route.get("table") == "local" or route.get("protocol") == "kernel":
            continue  # follows from an address, which is reported above
        network = ipaddress.ip_network(destination, strict=False)
        for own in wanted:
            if network.prefixlen > 0 and network.overlaps(own):
                found.append(
                    f"The route to {destination} over {route.get('dev', '?')} covers the lab's network {own}: "
                    "remove it (a VPN may have set it), or use another lab (--name)."
                )
    return found


def check_networks(plan: Plan) -> None:
    """LabError if an interface or a route of this machine uses the lab's networks."""
    conflicts = find_conflicts(plan, ip_json("address"), ip_json("-4", "route", "show", "table", "all"))
    if conflicts:
        raise LabError(" ".join(conflicts))
