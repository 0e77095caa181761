# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the proofs of the ground measure with: the scanner's packets, both ends of a packet, proofs of each host."""

from __future__ import annotations

import io
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from lab.ground import endpoint, scan
from lab.ground.bench import Speaker, plain, words
from lab.ground.registry import REGISTRY
from lab.ground.runner import expanded
from lab.playbook import ROOT, Run
from lab.proofs import Proof, side_by_side
from lab.report import Outcome, Report


@pytest.mark.parametrize(("source", "target"), [("198.18.66.66", "198.18.10.31"), ("fd00::66:66", "fd00::10:31")])
def test_a_syn_is_one_that_a_kernel_takes(source: str, target: str) -> None:
    packet = scan.syn(source, target, 45_000, 5060, 7)
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    ends = socket.inet_pton(family, source) + socket.inet_pton(family, target)
    # A receiver sums everything, its checksum included, and nothing may be left.
    assert scan.checksum(ends + struct.pack("!HH", socket.IPPROTO_TCP, len(packet)) + packet) == 0
    assert struct.unpack("!HH", packet[:4]) == (45_000, 5060)
    assert packet[13] == scan.SYN


def test_answers_are_told_apart() -> None:
    one = scan.Scan("127.0.0.1")
    one.source_port = 45_000
    ip = b"\x45" + bytes(19)

    def answer(port: int, flags: int, to: int = 45_000) -> bytes:
        return ip + struct.pack("!HHLLBBHHH", port, to, 0, 0, 5 << 4, flags, 0, 0, 0)

    assert not one.found()["seen"]
    one._tcp_answer(answer(22, scan.SYN_ACK), 0)
    one._tcp_answer(answer(23, scan.RST | 0x10), 0)
    one._tcp_answer(answer(80, scan.SYN_ACK, to=1), 0)  # to somebody else
    one._error(ip + bytes([3, 3]), 0)
    one._error(ip + bytes([8, 0]), 0)  # an echo request
    found = one.found()
    assert (found["tcp_open"], found["tcp_closed"], found["unreachable"], found["seen"]) == ([22], 1, 1, True)


@pytest.mark.parametrize("place", ["sctp/198.18.10.31/5060", "udp/5060", "udp/198.18.10.31/x"])
def test_a_place_is_a_protocol_an_address_and_a_port(place: str) -> None:
    assert endpoint.read_place("tcp/fd00::10:31/5060") == ("tcp", "fd00::10:31", 5060)
    with pytest.raises((ValueError, endpoint.argparse.ArgumentTypeError)):
        endpoint.read_place(place)


@contextmanager
def program(*arguments: str) -> Iterator[Speaker]:
    process = subprocess.Popen(
        [sys.executable, "-m", "lab.ground.endpoint", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT / "tests",
        bufsize=1,
    )
    speaker = Speaker(process, 20)
    try:
        yield speaker
    finally:
        speaker.close()


def free_port(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize(("protocol", "kind"), [("udp", socket.SOCK_DGRAM), ("tcp", socket.SOCK_STREAM)])
def test_what_is_sent_arrives_and_comes_back(protocol: str, kind: int) -> None:
    place = f"{protocol}/127.0.0.1/{free_port(kind)}"
    with program("listen", place) as listener:
        listener.wait_for("ready", within=10)
        with program("talk", place, "--source", "127.0.0.1") as talker:
            talker.wait_for("ready", within=10)
            assert talker.echoes("hello")
            assert talker.echoes("again"), "the same flow goes on"
            assert not talker.heard("reply", "never said", within=0.2)
        arrived = [event for event in listener.events if event["event"] == "packet"]
        assert [event["text"] for event in arrived] == ["hello", "again"]


def test_nobody_there_is_said() -> None:
    with program("talk", f"tcp/127.0.0.1/{free_port(socket.SOCK_STREAM)}", "--source", "127.0.0.1") as talker:
        assert talker.heard("refused")


def test_a_flood_is_bounded_and_counted() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as target:
        target.bind(("127.0.0.1", 0))
        place = f"udp/127.0.0.1/{target.getsockname()[1]}"
        with program("flood", place, "--source", "127.0.0.1", "--rate", "1000", "--seconds", "0.2") as flooder:
            assert flooder.wait_for("flooded", within=10)["sent"] == 200
        assert target.recv(2000).startswith(b"OPTIONS sip:127.0.0.1 SIP/2.0\r\n")
    assert endpoint.MOST_RATE * endpoint.MOST_SECONDS <= 100_000


def test_rules_are_compared_without_what_packets_have_filled() -> None:
    rules = """
    set phones4 { type ipv4_addr
        flags interval
        elements = { 192.0.2.0/24 }
    }
    set sip_rate4 { type ipv4_addr
        size 65536	# count 1
        flags dynamic,timeout
        timeout 10s
        elements = { 192.0.2.1 limit rate over 100/second burst 5 packets expires 8s }
    }
    """
    shown = plain(rules)
    assert "192.0.2.0/24" in shown
    assert "192.0.2.1" not in shown
    assert "timeout 10s" in shown
    assert "size 65536\n" in shown


def bench(*names: str) -> Any:
    return SimpleNamespace(sites=[SimpleNamespace(name=name) for name in names])


def test_a_proof_of_each_host_runs_on_each() -> None:
    seen: list[str] = []

    def run(site: Any) -> Outcome:
        seen.append(site.name)
        return Outcome(True)

    report = Report(io.StringIO())
    each = Proof("clock", run, frozenset({"ntp"}), phase="state", each=True)
    proofs = expanded(each, bench("bookworm", "trixie"))
    assert [one.name for one in proofs] == ["clock [bookworm]", "clock [trixie]"]
    assert proofs[0].uses == {"bookworm", "bookworm: ntp"}, "what changes a host has it for itself"
    traffic = Proof("call", run, frozenset({"port"}), phase="traffic", each=True)
    assert expanded(traffic, bench("trixie"))[0].uses == {"trixie: port"}
    side_by_side(proofs, bench("bookworm", "trixie"), report)
    assert sorted(seen) == ["bookworm", "trixie"]
    once = Proof("all", run, phase="changes")
    assert expanded(once, bench("bookworm", "trixie")) == [once]


def test_a_failed_run_says_what_failed_and_no_more(tmp_path: Any) -> None:
    output = "TASK [x]\n" + "".join(f"fatal: [host{number}]: FAILED! => {'x' * 900}\n" for number in range(5))
    shown = words(Run(2, {}, output, tmp_path / "log"))
    assert len(shown.splitlines()) == 3
    assert len(shown) < 1300
    assert words(Run(2, {}, "no such inventory\n", tmp_path / "log")) == "no such inventory"


def test_every_proof_says_what_it_proves() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lab.ground", "--list"], cwd=ROOT / "tests", capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert len(lines) >= 12
    assert {line.split()[0] for line in lines} == set(REGISTRY.phases)
    assert all(line[54:].strip() for line in lines)
