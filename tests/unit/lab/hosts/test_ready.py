# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting ends when everything answers, and names what did not."""

from __future__ import annotations

import socket
import threading

import pytest

from lab.hosts import ready
from lab.hosts.errors import LabError
from lab.hosts.plan import make_plan


def test_everything_that_calls_need_is_waited_for():
    probes = ready.carrier_probes(make_plan("demo"))
    assert {name for name in probes if name.startswith("SIP at")} == {
        f"SIP at 198.18.{net}:5060" for net in ("0.10", *(f"{edge}.{last}" for edge in (1, 2) for last in range(4)))
    }
    assert any("REST" in name for name in probes)
    assert any("DNS" in name for name in probes)


def test_waiting_goes_on_until_the_last_one_answers():
    tries = iter([False, False, True])
    ready.wait_all({"slow": lambda: next(tries), "quick": lambda: True}, 10, lambda: True, lambda: "")
    assert next(tries, None) is None


def test_what_does_not_answer_is_named_with_the_hint():
    with pytest.raises(LabError, match=r"from SIP at x\. Look at the log") as error:
        ready.wait_all({"SIP at x": lambda: False, "DNS": lambda: True}, 0.1, lambda: True, lambda: "Look at the log")
    assert "DNS" not in str(error.value)


def test_a_carrier_that_has_ended_is_not_waited_for():
    with pytest.raises(LabError, match="from DNS"):
        ready.wait_all({"DNS": lambda: False}, 3600, lambda: False, lambda: "")


def udp_server(answer):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve():
        packet, peer = server.recvfrom(4096)
        server.sendto(answer(packet), peer)
        server.close()

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


@pytest.mark.parametrize(("line", "well"), [(b"SIP/2.0 200 OK\r\n", True), (b"SIP/2.0 503 No\r\n", False)])
def test_a_sip_server_is_ready_when_options_are_answered_with_200(line, well):
    asked = []
    port = udp_server(lambda packet: asked.append(packet) or line)
    assert ready.sip_answers("127.0.0.1", port) is well
    assert asked[0].startswith(b"OPTIONS sip:127.0.0.1:")
    assert asked[0].endswith(b"\r\n\r\n")


@pytest.mark.parametrize(("flags", "well"), [(b"\x81\x83", True), (b"\x01\x00", False)])
def test_a_dns_server_is_ready_when_it_answers_at_all(monkeypatch, flags, well):
    monkeypatch.setattr(ready, "DNS_PORT", udp_server(lambda packet: packet[:2] + flags + packet[4:]))
    assert ready.dns_answers("127.0.0.1", "a.pstn.twilio.com") is well


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("search x\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n", "192.0.2.53"),
        ("nameserver 127.0.0.53\n", ""),
        ("nameserver ::1\nnameserver 192.0.2.53\n", "192.0.2.53"),
        ("# nameserver 192.0.2.53\nnameserver\n", ""),
    ],
)
def test_the_resolver_is_one_that_a_container_reaches(text, found):
    assert ready.resolver_of(text) == found


def test_a_setting_that_is_no_address_is_an_error(monkeypatch):
    monkeypatch.setenv("LAB_DNS_FORWARD", "dns.example")
    with pytest.raises(LabError, match=r"LAB_DNS_FORWARD is 'dns\.example'"):
        ready.read_resolver()
    monkeypatch.setenv("LAB_DNS_FORWARD", "192.0.2.9")
    assert ready.read_resolver() == "192.0.2.9"
