# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probes against the lab's own servers, on loopback, and the timers of this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._fitness.errors import Unreadable
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.findings import Finding
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.judges import outside, processor
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.judges.case import Case, Wanted
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.limits import DEFAULTS
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.probes import names, stun, ticks, writes
from lab.dns.config import Config
from lab.dns.control import Desk, parse_fault
from lab.dns.server import DnsServer, Responder
from lab.stun.control import Desk as StunDesk
from lab.stun.control import Fault
from lab.stun.server import StunServer

EDGES = {"ashburn": ("198.18.1.0", "198.18.1.1")}
NAME = "acme.pstn.twilio.com"


class Dns:
    def __init__(self) -> None:
        self.desk = Desk()
        self.server = DnsServer(("127.0.0.1", 0), Responder(Config(EDGES), self.desk)).start()
        self.port = self.server.address[1]

    def fails(self, name: str, kind: str, times: int | None = None) -> None:
        self.desk.add_fault(parse_fault({"name_regex": name, "kind": kind, "times": times}))

    def judged(self, *asked: str, seconds: float = 0.4) -> Finding:
        case = Case(None, None, seconds, names.survey(["127.0.0.1"], asked or [NAME], seconds, self.port), DEFAULTS)
        (found,) = outside.names(case)
        return found


@pytest.fixture
def dns() -> Iterator[Dns]:
    found = Dns()
    yield found
    found.server.stop()


@pytest.fixture
def desk() -> StunDesk:
    return StunDesk()


@pytest.fixture
def server(desk: StunDesk) -> Iterator[str]:
    found = StunServer(("127.0.0.1", 0), desk).start()
    yield f"127.0.0.1:{found.server_address[1]}"
    found.stop()


def seen(*servers: str, seconds: float = 2.0, **wanted: Any) -> Finding:
    targets, problems = stun.targets(servers, lambda __: [])
    probed = {"seen": stun.seen(targets, seconds) if targets else [], "problems": problems, "servers": list(servers)}
    (found,) = outside.egress(Case(None, None, seconds, probed, DEFAULTS, Wanted(**wanted)))
    return found


def test_a_name_server_that_answers_is_well(dns: Dns) -> None:
    found = dns.judged()
    assert (found.verdict, found.subject, found.figures["asked"]) == ("ok", "127.0.0.1", 10)
    assert found.value.startswith("median ")
    assert names.ask("127.0.0.1", NAME, 2, dns.port) is not None


def test_addresses_are_read(dns: Dns) -> None:
    reply = names.ask("127.0.0.1", NAME, 2, dns.port)
    assert reply is not None
    assert sorted(reply["addresses"]) == sorted(EDGES["ashburn"])


def test_a_silent_name_server_fails_and_takes_no_longer_than_it_may(dns: Dns) -> None:
    dns.fails(NAME, "timeout")
    found = dns.judged()
    assert found.verdict == "fail"
    assert "Every lookup waits for it" in found.reason


def test_a_silent_second_name_server_is_a_warning(dns: Dns) -> None:
    one = names.survey(["127.0.0.1"], [NAME], 0.3, dns.port)
    silent = {"times": [], "silent": 2, "codes": {}, "error": ""}
    found = outside.names(Case(None, None, 1.0, {**one, "192.0.2.2": silent}, DEFAULTS))
    assert [finding.verdict for finding in found] == ["ok", "warn"]


@pytest.mark.parametrize(("kind", "verdict"), [("servfail", "fail"), ("nxdomain", "warn")])
def test_a_name_server_that_fails(dns: Dns, kind: str, verdict: str) -> None:
    dns.fails(NAME, kind)
    found = dns.judged()
    assert found.verdict == verdict
    assert f"{kind.upper()} for {NAME}." in found.reason


def test_a_slow_name_server(dns: Dns) -> None:
    probed = {"192.0.2.53": {"times": [90.0, 180.0, 400.0], "silent": 0, "codes": {}, "error": ""}}
    (found,) = outside.names(Case(None, None, 1.0, probed, DEFAULTS))
    assert (found.verdict, found.value) == ("warn", "median 180.0 ms of 3 answers")
    assert dns.port


def test_no_name_server_at_all_fails() -> None:
    assert names.nameservers("search example.org\n#nameserver 192.0.2.1\n") == []
    (found,) = outside.names(Case(None, None, 1.0, {}, DEFAULTS))
    assert found.verdict == "fail"
    assert names.nameservers("".join(f"nameserver 192.0.2.{n}\n" for n in range(9))) == [
        "192.0.2.0", "192.0.2.1", "192.0.2.2",
    ]  # fmt: skip


@pytest.mark.parametrize("rest", [b"", b"\x05ab", b"\0\0\1\0\1", b"\0\0\1\0\1\xc0", b"\0\0\1\0\1\0\0\1\0\1\0"])
def test_a_broken_answer_is_unknown(rest: bytes) -> None:
    """It promises a question and an answer, and ends before."""
    with pytest.raises(Unreadable):
        names.answer(b"\0\1\x80\0\0\1\0\1\0\0\0\0" + rest)


def test_an_address_that_is_not_translated_is_well(server: str) -> None:
    found = seen(server, public_address="127.0.0.1")
    assert (found.verdict, found.value) == ("ok", "127.0.0.1, not translated")


def test_another_public_address_fails(server: str) -> None:
    found = seen(server, public_address="203.0.113.9")
    assert found.verdict == "fail"
    assert "sees 127.0.0.1, not 203.0.113.9" in found.reason
    assert "voice_public_address to 127.0.0.1" in found.remedy


@pytest.mark.parametrize(
    ("fault", "wanted", "expected"),
    [
        (Fault("lie", None, "203.0.113.9"), "203.0.113.9", ("ok", "")),
        (Fault("lie", None, "203.0.113.9"), "", ("warn", "behind address translation")),
        (Fault("lie", None, "203.0.113.9", 4242), "203.0.113.9", ("warn", "changes ports")),
        (Fault("rewrite", None, "203.0.113.9"), "127.0.0.1", ("warn", "rewrites addresses")),
        (Fault("silent", None), "127.0.0.1", ("unknown", "No answer from")),
        (Fault("error", None), "127.0.0.1", ("unknown", "No answer from")),
    ],
)
def test_what_a_router_does(server: str, desk: StunDesk, fault: Fault, wanted: str, expected: tuple[str, str]) -> None:
    desk.add_fault(fault)
    found = seen(server, seconds=0.5, public_address=wanted)
    assert found.verdict == expected[0]
    assert expected[1] in found.reason
    assert bool(found.remedy) == (found.verdict != "ok")


def test_a_request_that_is_lost_is_sent_again(server: str, desk: StunDesk) -> None:
    desk.add_fault(Fault("silent", 1))
    assert seen(server, seconds=2).verdict == "ok"
    assert [one["fault"] for one in desk.requests()["requests"]] == ["silent", None]


def test_a_port_for_each_destination_is_a_warning() -> None:
    answers = [
        {"server": "a", "local": ["10.0.0.5", 4000], "mapped": ["203.0.113.9", port], "plain": None, "ms": 1.0}
        for port in (4000, 4001)
    ]
    probed = {"seen": answers, "problems": [], "servers": ["a"]}
    (found,) = outside.egress(Case(None, None, 1.0, probed, DEFAULTS, Wanted("203.0.113.9")))
    assert (found.verdict, found.value) == ("warn", "203.0.113.9, its own is 10.0.0.5")
    assert "another port" in found.reason


def test_a_name_without_an_address_is_unknown() -> None:
    found = seen("stun.example.org")
    assert (found.verdict, found.reason) == ("unknown", "stun.example.org has no address.")


def test_an_answer_of_somebody_else_is_not_believed() -> None:
    """It has the right transaction, but comes from another port."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        asked.bind(("127.0.0.1", 0))

        def forge() -> None:
            packet, source = asked.recvfrom(100)
            answer = b"\x01\x01\0\x0c" + packet[4:20] + b"\0\x20\0\x08\0\x01\0\0\0\0\0\0"
            assert stun.response(answer) is not None
            other.sendto(answer, source)

        thread = threading.Thread(target=forge)
        thread.start()
        assert stun.seen([("forged", asked.getsockname())], 0.4) == []
        thread.join()


def test_ticks_are_counted() -> None:
    found = ticks.ticks(0.2)
    assert 1 <= found["ticks"] <= 20
    assert 0 <= found["median_ms"] <= found["late_ms"] <= found["worst_ms"]


@pytest.mark.parametrize(
    ("late", "worst_ms", "verdict"),
    [(0.5, 3, "ok"), (6, 10, "warn"), (1, 31, "warn"), (21, 30, "fail"), (1, 200, "fail")],
)
def test_ticks_are_judged(late: float, worst_ms: float, verdict: str) -> None:
    (found,) = processor.tick(Case(None, None, 5, {"late_ms": late, "worst_ms": worst_ms}, DEFAULTS))
    assert found.verdict == verdict


def test_writes_leave_nothing(tmp_path: Path) -> None:
    assert writes.writes(str(tmp_path), 0.2)["writes"] >= 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="storage_path"):
        writes.writes(str(tmp_path / "none"), 0.1)
