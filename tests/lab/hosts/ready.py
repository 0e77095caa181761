# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for what is really needed: an answer from each service, seen from this machine."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import struct
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from lab.hosts.errors import LabError
from lab.hosts.plan import DNS_PORT, EDGES, SIP_PORT, Plan

PAUSE = 0.05  # seconds between two looks
Probe = Callable[[], bool]


def rest_answers(base_url: str) -> bool:
    """Whether the emulator answers on its control interface."""
    with (
        contextlib.suppress(OSError, ValueError),
        urllib.request.urlopen(f"{base_url}/_lab/state", timeout=1.0) as answer,
    ):
        json.load(answer)
        return True
    return False


def dns_answers(server: str, name: str) -> bool:
    """Whether a DNS server answers a question for an A record at all, with whatever answer."""
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    identity = secrets.token_bytes(2)
    packet = identity + struct.pack(">HHHHH", 0x0100, 1, 0, 0, 0) + question + struct.pack(">HH", 1, 1)
    reply = _ask(server, DNS_PORT, packet)
    return reply[:2] == identity and len(reply) >= 12 and bool(reply[2] & 0x80)


def sip_answers(address: str, port: int = SIP_PORT) -> bool:
    """Whether a SIP server answers OPTIONS with 200."""
    token = secrets.token_hex(8)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((address, port))
        local, local_port = sock.getsockname()[:2]
    request = (
        f"OPTIONS sip:{address}:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {local}:{local_port};rport;branch=z9hG4bK{token}\r\n"
        f"From: <sip:ready@{local}>;tag={token}\r\nTo: <sip:{address}>\r\nCall-ID: {token}\r\nCSeq: 1 OPTIONS\r\n"
        "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
    return _ask(address, port, request.encode()).startswith(b"SIP/2.0 200")


def _ask(address: str, port: int, packet: bytes) -> bytes:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        sock.connect((address, port))
        sock.send(packet)
        return sock.recv(4096)
    return b""


def ssh_answers(address: str) -> bool:
    """Whether an SSH server greets."""
    with contextlib.suppress(OSError), socket.create_connection((address, 22), timeout=1.0) as sock:
        return sock.recv(4) == b"SSH-"
    return False


def carrier_probes(plan: Plan) -> dict[str, Probe]:
    """Return what has to answer before calls and playbooks can start, each with the name it has in a sentence."""
    probes: dict[str, Probe] = {
        f"the REST emulator at {plan.base_url}": lambda: rest_answers(plan.base_url),
        f"DNS at {plan.carrier}": lambda: dns_answers(plan.carrier, "lab.pstn.twilio.com"),
    }
    addresses = [plan.carrier, *(address for edge in EDGES for address in plan.edge_addresses(edge))]
    for address in addresses:
        probes[f"SIP at {address}:{SIP_PORT}"] = lambda address=address: sip_answers(address)  # type: ignore[misc]
    return probes


def wait_all(probes: dict[str, Probe], seconds: float, alive: Probe, hint: Callable[[], str]) -> None:
    """Wait until every probe holds. LabError naming those that did not, with the hint, after `seconds` or as soon as
    `alive` says that there is nothing left to wait for."""
    deadline = time.monotonic() + seconds

    def wait(probe: Probe) -> bool:
        while not probe():
            if time.monotonic() > deadline or not alive():
                return False
            time.sleep(PAUSE)
        return True

    with ThreadPoolExecutor(min(16, len(probes) or 1)) as pool:
        results = dict(zip(probes, pool.map(wait, probes.values()), strict=True))
    late = [name for name, well in results.items() if not well]
    if late:
        raise LabError(f"No answer within {seconds:.0f} s from {', '.join(late)}. {hint()}")


def resolver_of(text: str) -> str:
    """Return the first IPv4 name server of a resolv.conf that a container can reach; '' if there is none."""
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver":
            with contextlib.suppress(OSError):
                socket.inet_aton(words[1])
                if not words[1].startswith("127."):
                    return words[1]
    return ""


def read_resolver() -> str:
    """Return this machine's DNS server as a container can reach it. LabError if it has only one of its own."""
    setting = os.environ.get("LAB_DNS_FORWARD", "")
    if setting:
        found = resolver_of(f"nameserver {setting}")
        if not found:
            raise LabError(f"LAB_DNS_FORWARD is '{setting}': it has to be the IPv4 address of a DNS server elsewhere.")
        return found
    # systemd-resolved shows programs its own loopback address and keeps the real servers here.
    for file in ("/run/systemd/resolve/resolv.conf", "/etc/resolv.conf"):
        with contextlib.suppress(OSError), open(file, encoding="utf-8") as lines:
            if found := resolver_of(lines.read()):
                return found
    raise LabError(
        "This machine's resolv.conf names no DNS server that a container can reach: set LAB_DNS_FORWARD to the IPv4 "
        "address of one."
    )
