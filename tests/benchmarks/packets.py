# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many packets per second pass a rule set: the machine part. Runs as root in a network namespace of its own.

    unshare --net -- python packets.py < job.json > result.json

A job is {"plan": [{"rules": NAME, "file": FILE, "traffic": [NAME]}], "traffic": {NAME: {"sources": [ADDRESS],
"source_port": N, "port": N, "payload": HEX, "connections": BOOL, "answered": BOOL}}, "rounds": N, "seconds": S}.

Ready-made packets go into one end of a veth pair, many per system call, past the sender's own stack; the kernel takes
them out of the other end on the same processor core and shows them to the rules. So the time of a packet is that of
sending, receiving and the rules together, and the same without rules is measured beside it. A chain behind all others
counts what the rules let through. A burst runs before all other processes of its core, so that the clock on the wall
tells its own time; it is over in a moment. Nothing leaves the namespace.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = "100.64.0.1"  # the host behind the rules
BATCH = 1000  # packets per system call
PACKETS = 10_000  # ready-made ones; a multiple of BATCH
NONE = "no rules"
COUNTER = """table inet counted {
  counter passed { }
  chain input { type filter hook input priority 500; counter name passed; }
}
"""


def checksum(data: bytes) -> int:
    """Return the checksum of the Internet protocols (RFC 1071)."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def packet(source: str, ports: tuple[int, int], payload: bytes, macs: tuple[bytes, bytes]) -> bytes:
    """Return an Ethernet frame with a UDP packet from ``source`` to HERE. UDP may go without a checksum, and does.

    Args:
        source: an IPv4 address.
        ports: of the source and of the destination.
        payload: what is in the packet.
        macs: of the destination and of the source.
    """
    udp = struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload
    addresses = socket.inet_aton(source) + socket.inet_aton(HERE)
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0x4000, 64, 17, 0)
    summed = head[:10] + struct.pack("!H", checksum(head + addresses)) + addresses
    return macs[0] + macs[1] + b"\x08\x00" + summed + udp


class _Slice(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Message(ctypes.Structure):  # struct mmsghdr
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("slices", ctypes.c_void_p),
        ("slice_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("sent", ctypes.c_uint32),
    )


class Gun:
    """Sends ready-made frames over one network card, in order and again from the start."""

    def __init__(self, card: str, frames: list[bytes]) -> None:
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.socket.bind((card, 0))
        self.socket.setsockopt(socket.SOL_PACKET if hasattr(socket, "SOL_PACKET") else 263, 20, 1)  # past the queue
        self.frames = [ctypes.create_string_buffer(frame, len(frame)) for frame in frames]
        self.slices = (_Slice * len(frames))(*(_Slice(ctypes.addressof(f), len(f)) for f in self.frames))
        self.messages = (_Message * len(frames))()
        for index, message in enumerate(self.messages):
            message.slices = ctypes.addressof(self.slices) + index * ctypes.sizeof(_Slice)
            message.slice_count = 1
        self.call = ctypes.CDLL(None, use_errno=True).sendmmsg

    def once(self) -> None:
        """Send every frame once."""
        for first in range(0, len(self.frames), BATCH):
            self.send(first)

    def send(self, first: int) -> int:
        """Send BATCH frames from the ``first`` on, by one system call; give the number that went out."""
        address = ctypes.addressof(self.messages) + first * ctypes.sizeof(_Message)
        done = int(self.call(self.socket.fileno(), ctypes.c_void_p(address), BATCH, 0))
        if done < 0:
            raise OSError(ctypes.get_errno(), "sendmmsg")
        return done

    def fire(self, seconds: float) -> tuple[int, float]:
        """Send for about so long; give the number of packets and the time it took."""
        start, sent, at = time.perf_counter(), 0, 0
        end = start + seconds
        while (now := time.perf_counter()) < end:
            done = self.send(at)
            sent += done
            at = (at + done) % (len(self.frames) - BATCH + 1)
        return sent, now - start


def run(*words: str, stdin: str | None = None) -> str:
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr[:2000]}")
    return done.stdout


def link() -> tuple[bytes, bytes]:
    """Make the veth pair and the address of the host; give both hardware addresses, the receiver's first."""
    for name in ("all", "default"):
        Path(f"/proc/sys/net/ipv4/conf/{name}/rp_filter").write_text("0", encoding="utf-8")
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "name", "near", "type", "veth", "peer", "name", "far")
    for card in ("near", "far"):
        Path(f"/proc/sys/net/ipv6/conf/{card}/disable_ipv6").write_text("1", encoding="utf-8")
        run("ip", "link", "set", card, "up")
    run("ip", "address", "add", f"{HERE}/32", "dev", "far")
    run("ip", "link", "set", "far", "arp", "off")  # answers go out without a question, and end at the other card
    run("ip", "route", "add", "default", "dev", "far")
    cards = {card["ifname"]: card["address"] for card in json.loads(run("ip", "-j", "link"))}
    return bytes.fromhex(cards["far"].replace(":", "")), bytes.fromhex(cards["near"].replace(":", ""))


def passed() -> int:
    """Return how many packets have come through."""
    counters = json.loads(run("nft", "-j", "list", "counter", "inet", "counted", "passed"))["nftables"]
    return int(next(entry["counter"]["packets"] for entry in counters if "counter" in entry))


@contextmanager
def first_of_all() -> Iterator[None]:
    """Have nothing else run on this core meanwhile, where the machine allows that."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def received() -> int:
    """Return how many packets have reached the receiving card."""
    lines = Path("/proc/net/dev").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.strip().startswith("far:")).partition(":")[2].split()[1])


def load(file: str) -> float:
    """Put a rule set in place of all others; give the seconds that nft took for it."""
    run("nft", "flush", "ruleset")
    start = time.perf_counter()
    if file:
        run("nft", "-f", file)
    seconds = time.perf_counter() - start
    run("nft", "-f", "-", stdin=COUNTER)
    return seconds


class Kind:
    """One kind of traffic: its packets, and the socket they end in, whose buffer is full at once."""

    def __init__(self, what: dict[str, Any], macs: tuple[bytes, bytes], dice: random.Random) -> None:
        self.what = what
        self.peers = [(str(source), what["source_port"]) for source in what["sources"]]
        order = (what["sources"] * (PACKETS // len(self.peers) + 1))[:PACKETS]
        dice.shuffle(order)
        ports = (what["source_port"], what["port"])
        self.gun = Gun("near", [packet(source, ports, bytes.fromhex(what["payload"]), macs) for source in order])
        self.end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        self.end.bind((HERE, what["port"]))

    def prepare(self, seconds: float) -> None:
        """Have done what is only paid once, such as new connections; answer the packets if they are to be answered."""
        if self.what.get("connections"):
            self.gun.once()
        if self.what.get("answered"):
            for peer in self.peers:
                self.end.sendto(b"answer", peer)
        self.gun.fire(seconds)


def measure(job: dict[str, Any]) -> dict[str, Any]:
    """Return {"rates": {RULES: {TRAFFIC: [{"sent", "passed", "seconds"}]}}, "loads": {RULES: [SECONDS]}}."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    macs, dice = link(), random.Random(5)  # noqa: S311 - the same order in every run
    kinds = {name: Kind(what, macs, dice) for name, what in job["traffic"].items()}
    rates: dict[str, Any] = {step["rules"]: {name: [] for name in step["traffic"]} for step in job["plan"]}
    loads: dict[str, list[float]] = {step["rules"]: [] for step in job["plan"] if step["file"]}
    for __ in range(job["rounds"]):
        for step in job["plan"]:
            rules, seconds = step["rules"], load(step["file"])
            if step["file"]:
                loads[rules].append(seconds)
            for name in step["traffic"]:
                kinds[name].prepare(job["seconds"] / 5)
                came, through = received(), passed()
                with first_of_all():
                    sent, took = kinds[name].gun.fire(job["seconds"])
                came, through = received() - came, passed() - through
                if came != sent:
                    raise SystemExit(f"{rules}, {name}: {sent} packets were sent, but {came} arrived")
                rates[rules][name].append({"sent": sent, "passed": through, "seconds": took})
    return {"rates": rates, "loads": loads}


if __name__ == "__main__":
    json.dump(measure(json.load(sys.stdin)), sys.stdout)
