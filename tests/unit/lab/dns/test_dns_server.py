# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's DNS, asked over loopback by dnspython's resolver."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.resolver
import pytest

from lab.dns.config import Config, ConfigError, lab_config, parse_config
from lab.dns.control import ControlServer, Desk
from lab.dns.server import DnsServer, Responder

TESTS = Path(__file__).resolve().parents[3]
EDGES = {
    "ashburn": ("198.18.1.0", "198.18.1.1", "198.18.1.2", "198.18.1.3"),
    "umatilla": ("198.18.2.0", "198.18.2.1", "198.18.2.2", "198.18.2.3"),
}


class Lab:
    """A DNS server, its control interface and a resolver that asks it."""

    def __init__(self, forward: tuple[tuple[str, int], ...] = (), config: Config | None = None) -> None:
        self.desk = Desk()
        responder = Responder(config or Config(EDGES), self.desk, forward, dice=random.Random(3), patience=0.2)  # noqa: S311
        self.server = DnsServer(("127.0.0.1", 0), responder).start()
        self.control = ControlServer(("127.0.0.1", 0), self.desk)
        self._thread = threading.Thread(target=self.control.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self.resolver = dns.resolver.Resolver(configure=False)
        self.resolver.nameservers = ["127.0.0.1"]
        self.resolver.port = self.server.address[1]
        self.resolver.lifetime = 2.0

    def ask(self, name: str, rdtype: str = "A") -> list[str]:
        return [record.to_text() for record in self.resolver.resolve(name + ".", rdtype)]

    def query(self, name: str, rdtype: str = "A", tcp: bool = False, **options: Any) -> dns.message.Message:
        message = dns.message.make_query(name, rdtype, **options)
        send = dns.query.tcp if tcp else dns.query.udp
        return send(message, "127.0.0.1", timeout=2, port=self.server.address[1])

    def http(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.control.server_address[1]}/_lab/dns/{path}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, method=method), timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def stop(self) -> None:
        self.server.stop()
        self.control.shutdown()
        self.control.server_close()
        self._thread.join()


@pytest.fixture
def lab() -> Iterator[Lab]:
    running = Lab()
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("name", "edge"),
    [
        ("acme.pstn.twilio.com", "ashburn"),
        ("a.b.pstn.twilio.com", "ashburn"),
        ("ACME.pstn.Ashburn.Twilio.COM", "ashburn"),
        ("acme.pstn.umatilla.twilio.com", "umatilla"),
        ("a.b.pstn.umatilla.twilio.com", "umatilla"),
    ],
)
def test_termination_names_have_their_edges_addresses(lab: Lab, name: str, edge: str) -> None:
    answer = lab.resolver.resolve(name + ".", "A")
    assert sorted(record.to_text() for record in answer) == sorted(EDGES[edge])
    assert answer.rrset is not None
    assert answer.rrset.ttl == 600
    assert answer.response.flags & dns.flags.AA


def test_the_stun_server_has_a_name_where_there_is_one(lab: Lab) -> None:
    assert lab.query("global.stun.twilio.com").rcode() == dns.rcode.NXDOMAIN
    other = Lab(config=Config(EDGES, stun="198.18.0.10"))
    assert other.ask("global.stun.twilio.com") == ["198.18.0.10"]
    assert other.query("stun.twilio.com").rcode() == dns.rcode.NOERROR
    assert other.query("eu.stun.twilio.com").rcode() == dns.rcode.NXDOMAIN
    other.stop()


def test_addresses_come_in_random_order(lab: Lab) -> None:
    firsts = {lab.ask("acme.pstn.ashburn.twilio.com")[0] for __ in range(60)}
    assert firsts == set(EDGES["ashburn"])


def test_the_ttl_can_be_set() -> None:
    short = Lab(config=Config(EDGES, ttl=7))
    answer = short.resolver.resolve("acme.pstn.twilio.com.", "A")
    assert answer.rrset is not None
    assert answer.rrset.ttl == 7
    short.stop()


def test_naptr_leads_to_srv_and_srv_to_addresses(lab: Lab) -> None:
    naptr = sorted(lab.ask("pstn.umatilla.twilio.com", "NAPTR"))
    assert naptr == [
        '10 50 "s" "SIPS+D2T" "" _sips._tcp.pstn.umatilla.twilio.com.',
        '20 50 "s" "SIP+D2T" "" _sip._tcp.pstn.umatilla.twilio.com.',
        '30 50 "s" "SIP+D2U" "" _sip._udp.pstn.umatilla.twilio.com.',
    ]
    for service, port in (("_sips._tcp", 5061), ("_sip._tcp", 5060), ("_sip._udp", 5060)):
        answer = lab.resolver.resolve(f"{service}.pstn.umatilla.twilio.com.", "SRV")
        assert {record.port for record in answer} == {port}
        targets = [record.target.to_text(omit_final_dot=True) for record in answer]
        assert sorted(address for target in targets for address in lab.ask(target)) == sorted(EDGES["umatilla"])
        glue = {record.to_text() for rrset in answer.response.additional for record in rrset}
        assert glue == set(EDGES["umatilla"])


@pytest.mark.parametrize(
    "name", ["acme.pstn.dublin.twilio.com", "www.twilio.com", "x.ashburn.twilio.com", "pstn9.ashburn.twilio.com"]
)
def test_unknown_names_do_not_exist(lab: Lab, name: str) -> None:
    with pytest.raises(dns.resolver.NXDOMAIN):
        lab.ask(name)
    assert lab.query(name).authority[0].to_text().split()[3] == "SOA"


@pytest.mark.parametrize(
    ("name", "rdtype"),
    [
        ("acme.pstn.twilio.com", "AAAA"),
        ("acme.pstn.twilio.com", "SRV"),
        ("pstn.twilio.com", "A"),
        ("pstn.ashburn.twilio.com", "A"),
        ("ashburn.twilio.com", "A"),
        ("_tcp.pstn.ashburn.twilio.com", "A"),
        ("twilio.com", "A"),
    ],
)
def test_names_without_such_a_record_are_empty(lab: Lab, name: str, rdtype: str) -> None:
    with pytest.raises(dns.resolver.NoAnswer):
        lab.ask(name, rdtype)


def test_tcp_answers_several_questions_of_a_connection(lab: Lab) -> None:
    with socket.create_connection(lab.server.address, timeout=2) as connection:
        for name in ("acme.pstn.twilio.com", "acme.pstn.umatilla.twilio.com"):
            dns.query.send_tcp(connection, dns.message.make_query(name, "A"))
            reply, __ = dns.query.receive_tcp(connection, time.time() + 2)
            assert len(reply.answer[0]) == 4


def test_a_long_answer_is_truncated_over_udp_and_whole_over_tcp() -> None:
    many = Lab(config=Config({"ashburn": tuple(f"198.18.1.{n}" for n in range(60))}))
    assert many.query("acme.pstn.twilio.com").flags & dns.flags.TC
    assert len(many.query("acme.pstn.twilio.com", use_edns=0, payload=4096).answer[0]) == 60
    assert len(many.query("acme.pstn.twilio.com", tcp=True).answer[0]) == 60
    assert len(many.ask("acme.pstn.twilio.com")) == 60  # the resolver goes on to TCP by itself
    many.stop()


def test_nonsense_gets_a_format_error_and_the_server_lives(lab: Lab) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(2)
        sender.sendto(struct.pack("!6H", 4711, 0x0100, 1, 0, 0, 0) + b"\xc0\xff", lab.server.address)
        answer = sender.recv(512)
        sender.sendto(b"?", lab.server.address)  # too short to have an id: no answer
    assert (answer[:2], answer[3] & 0x0F) == (struct.pack("!H", 4711), dns.rcode.FORMERR)
    assert len(lab.ask("acme.pstn.twilio.com")) == 4


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("servfail", dns.resolver.NoNameservers),
        ("nxdomain", dns.resolver.NXDOMAIN),
        ("empty", dns.resolver.NoAnswer),
    ],
)
def test_faults_strike_as_often_as_asked(lab: Lab, kind: str, error: type[Exception]) -> None:
    status, __ = lab.http("POST", "faults", {"name_regex": r"^acme\.", "kind": kind, "times": 1})
    assert status == 200
    assert len(lab.ask("other.pstn.twilio.com")) == 4
    with pytest.raises(error):
        lab.ask("acme.pstn.twilio.com")
    assert len(lab.ask("acme.pstn.twilio.com")) == 4


def test_a_timeout_is_no_answer_at_all(lab: Lab) -> None:
    lab.http("POST", "faults", {"name_regex": "acme", "kind": "timeout", "times": None})
    lab.resolver.lifetime = 0.3
    for tcp in (False, True):
        with pytest.raises(dns.resolver.LifetimeTimeout):
            lab.resolver.resolve("acme.pstn.twilio.com.", "A", tcp=tcp)
    assert lab.http("DELETE", "faults") == (200, {"faults": []})
    assert len(lab.ask("acme.pstn.twilio.com")) == 4


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"name_regex": "a", "kind": "explode"}, "kind"),
        ({"name_regex": "(", "kind": "empty"}, "name_regex"),
        ({"kind": "empty"}, "name_regex"),
        ({"name_regex": "a", "kind": "empty", "times": 0}, "times"),
        ({"name_regex": "a", "kind": "empty", "until": 1}, "body"),
        ([], "body"),
    ],
)
def test_bad_faults_are_refused(lab: Lab, body: Any, word: str) -> None:
    status, answer = lab.http("POST", "faults", body)
    assert (status, word in answer["error"]) == (400, True)
    assert lab.http("GET", "faults") == (200, {"faults": []})


def test_questions_are_logged(lab: Lab) -> None:
    lab.ask("acme.pstn.twilio.com")
    lab.query("www.twilio.com", tcp=True)
    __, log = lab.http("GET", "queries")
    first, second = log["queries"]
    assert sorted(first.pop("answers")) == sorted(EDGES["ashburn"])
    assert first == {
        "seq": 1, "name": "acme.pstn.twilio.com", "type": "A", "transport": "udp", "source": "127.0.0.1",
        "rcode": "NOERROR", "fault": None,
    }  # fmt: skip
    assert (second["name"], second["transport"], second["rcode"]) == ("www.twilio.com", "tcp", "NXDOMAIN")
    assert lab.http("GET", "queries?since=1")[1]["queries"] == [second]
    assert lab.http("GET", "queries?since=x")[0] == 400
    assert lab.http("GET", "nothing")[0] == 404
    assert lab.http("POST", "queries", {})[0] == 405
    lab.http("POST", "reset", {})
    assert lab.http("GET", "queries")[1]["queries"] == []


def test_other_names_are_refused_without_a_forwarder(lab: Lab) -> None:
    assert lab.query("example.com").rcode() == dns.rcode.REFUSED


def test_other_names_are_forwarded_to_the_first_that_answers() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
        dead.bind(("127.0.0.1", 0))
        closed = dead.getsockname()[1]
    upstream = Lab(config=Config({"example": ("192.0.2.1",)}))
    # The upstream knows nothing of example.org either: what counts is that its refusal comes through.
    lab = Lab(forward=(("127.0.0.1", closed), upstream.server.address))
    assert lab.query("example.org").rcode() == dns.rcode.REFUSED
    assert [query["name"] for query in upstream.desk.queries()["queries"]] == ["example.org"]
    assert len(lab.ask("acme.pstn.twilio.com")) == 4  # answered here, not forwarded
    assert len(upstream.desk.queries()["queries"]) == 1
    lab.stop()
    upstream.stop()


def test_a_dead_forwarder_is_a_server_failure() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
        dead.bind(("127.0.0.1", 0))
        closed = dead.getsockname()[1]
    lab = Lab(forward=(("127.0.0.1", closed),))
    assert lab.query("example.org").rcode() == dns.rcode.SERVFAIL
    lab.stop()


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ([], "edges"),
        ({"edges": {}}, "edges"),
        ({"edges": {"ashburn": []}}, "ashburn"),
        ({"edges": {"ashburn": ["2001:db8::1"]}}, "2001:db8::1"),
        ({"edges": {"Ashburn": ["192.0.2.1"]}}, "Ashburn"),
        ({"edges": {"ashburn": ["192.0.2.1"]}, "ttl": -1}, "ttl"),
        ({"edges": {"ashburn": ["192.0.2.1"]}, "colour": 1}, "colour"),
        ({"edges": {"ashburn": ["192.0.2.1"]}, "stun": "stun"}, "stun"),
    ],
)
def test_a_bad_configuration_gets_a_sentence(value: Any, word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        parse_config(value, "--config x.json")


def test_in_the_lab_the_edges_follow_from_the_address() -> None:
    assert lab_config("198.19.0.10").edges["umatilla"] == ("198.19.2.0", "198.19.2.1", "198.19.2.2", "198.19.2.3")
    assert lab_config("198.18.0.10").stun == "198.18.0.10"
    assert lab_config("198.18.0.10").default_edge == "ashburn"
    with pytest.raises(ConfigError, match="--config is needed"):
        lab_config("127.0.0.1")


COMMAND = [sys.executable, "-m", "lab.dns"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TESTS)}


def test_the_program_says_where_it_listens_and_ends_on_sigterm(tmp_path: Path) -> None:
    config = tmp_path / "dns.json"
    config.write_text(json.dumps({"edges": EDGES, "ttl": 5}))
    command = [*COMMAND, "--listen", "127.0.0.1:0", "--config", str(config), "--control", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        port = int(ready["listening"].rpartition(":")[2])
        reply = dns.query.udp(dns.message.make_query("acme.pstn.twilio.com", "A"), "127.0.0.1", timeout=2, port=port)
        assert reply.answer[0].ttl == 5
        with urllib.request.urlopen(f"{ready['control']}/_lab/dns/queries", timeout=5) as answer:
            assert json.load(answer)["seq"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--listen", "127.0.0.1:0"], "--config is needed"),
        (["--listen", "127.0.0.1:0", "--config", "/nonexistent"], "cannot be read"),
        (["--listen", "198.18.255.1:5353"], "cannot listen on 198.18.255.1:5353"),
        (["--listen", "5353"], "ADDRESS:PORT"),
        (["--listen", "198.18.0.10:53", "--forward", "resolver"], "not an IPv4 address"),
    ],
)
def test_what_the_program_cannot_do_it_says(arguments: list[str], words: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert done.returncode in (1, 2)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_gets_a_sentence(tmp_path: Path) -> None:
    config = tmp_path / "dns.json"
    config.write_text(json.dumps({"edges": EDGES}))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        for option in ("--listen", "--control"):
            arguments = ["--listen", "127.0.0.1:0", "--config", str(config), option, where]
            done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, env=ENVIRONMENT, check=False)
            assert done.returncode == 1
            assert f"{where} is taken" in done.stderr
            assert option in done.stderr
