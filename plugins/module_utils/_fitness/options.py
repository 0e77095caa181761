# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user asks for, checked before anything is looked at. Private."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .checks import CHECKS
from .errors import FitnessError
from .judges.case import Wanted
from .limits import Limit, limits

SECONDS = (1, 60)
NAME = re.compile(
    r"(?!.{254})([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?"
)


@dataclass(frozen=True)
class Options:
    """The module's options, in order."""

    checks: tuple[str, ...]
    seconds: float
    limits: Mapping[str, Limit]
    wanted: Wanted
    names: tuple[str, ...]
    nameservers: tuple[str, ...]
    stun_servers: tuple[str, ...]
    storage_path: str


def _address(option: str, value: str, versions: tuple[int, ...]) -> str:
    try:
        found = ipaddress.ip_address(value.partition("%")[0])
        if found.version not in versions:
            raise ValueError
    except ValueError:
        kind = "an IPv4 address" if versions == (4,) else "an address"
        raise FitnessError(f"{option} has '{value}': give {kind}.") from None
    return value


def _name(option: str, value: str) -> str:
    if not NAME.fullmatch(value):
        raise FitnessError(f"{option} has '{value}': give a host name, as global.stun.twilio.com.")
    return value


def _server(value: str) -> str:
    host, colon, port = value.partition(":")
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise FitnessError(f"stun_servers has '{value}': give HOST or HOST:PORT, with IPv4 addresses alone.")
    _name("stun_servers", host)
    return value


def options(params: Mapping[str, Any]) -> Options:
    """The options.

    Raises:
        FitnessError: naming the option, the value and the remedy.
    """
    strange = [name for name in params["checks"] if name not in CHECKS]
    if strange:
        raise FitnessError(f"checks has '{strange[0]}': use some of {', '.join(CHECKS)}.")
    seconds = params["seconds"]
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise FitnessError(f"seconds is {seconds:g}: use {SECONDS[0]} to {SECONDS[1]}.")
    ports = tuple(params["open_ports"])
    if any(not 0 < port < 65536 for port in ports):
        raise FitnessError(f"open_ports is {list(ports)}: use numbers from 1 to 65535.")
    public = params["public_address"] or ""
    names = tuple(_name("names", name) for name in params["names"])
    if not names:
        raise FitnessError("names is empty: give at least one name that the host has to resolve.")
    wanted = Wanted(_address("public_address", public, (4,)) if public else "", params["timezone"] or "", ports)
    return Options(
        checks=tuple(name for name in CHECKS if not params["checks"] or name in params["checks"]),
        seconds=float(seconds),
        limits=limits(params["thresholds"]),
        wanted=wanted,
        names=names,
        nameservers=tuple(_address("nameservers", one, (4, 6)) for one in params["nameservers"]),
        stun_servers=tuple(_server(one) for one in params["stun_servers"]),
        storage_path=params["storage_path"] or "",
    )
