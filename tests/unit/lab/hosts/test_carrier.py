# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kamailio configuration follows the address plan, and the carrier's services are kept running."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from lab.carrier import __main__ as carrier
from lab.carrier import certificates, edges
from lab.carrier.render import TEMPLATE, render
from lab.hosts.plan import LABS, make_plan


@pytest.mark.parametrize("name", LABS)
def test_every_name_is_filled_in_and_every_address_is_the_labs(name):
    plan = make_plan(name)
    text = render(plan, TEMPLATE.read_text())
    assert not re.search(r"@[A-Z_]+@", text)
    for other, (prefix, __) in LABS.items():
        assert other == name or prefix.replace(".", r"\.") not in text.replace(r"\.", ".")
    listening = re.findall(r"^listen=(\w+):([\d.]+):(\d+)$", text, re.MULTILINE)
    edges = plan.hosts["carrier"].extra
    plain = [(transport, address, "5060") for transport in ("udp", "tcp") for address in (plan.carrier, *edges)]
    assert sorted(listening) == sorted(plain + [("tls", address, "5061") for address in edges])


def test_the_certificate_is_for_every_name_that_leads_to_an_edge(tmp_path):
    plan = make_plan("demo")
    certificates.make(plan, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["ca.pem", "edge.key", "edge.pem"]
    before = (tmp_path / "edge.pem").read_bytes()
    certificates.make(plan, tmp_path)
    assert (tmp_path / "edge.pem").read_bytes() == before, "as long as the carrier lives it keeps them"
    for name in ("acme-hq.pstn.twilio.com", "acme-hq.pstn.ashburn.twilio.com", "pstn2.umatilla.twilio.com"):
        command = ["openssl", "verify", "-CAfile", "ca.pem", "-verify_hostname", name, "edge.pem"]
        assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0, name
    command = ["openssl", "verify", "-CAfile", "ca.pem", "-verify_hostname", "api.example.com", "edge.pem"]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_silent_edges_are_dropped_both_ways_and_nothing_else_is():
    plan = make_plan("demo")
    assert edges.silent(plan, {"ashburn": "503"}) == []
    addresses = edges.silent(plan, {"ashburn": "silent", "198.18.2.3": "silent", "198.18.2.1": "503"})
    assert addresses == ["198.18.1.0", "198.18.1.1", "198.18.1.2", "198.18.1.3", "198.18.2.3"]
    text = edges.rules(addresses)
    listed = ", ".join(addresses)
    assert f"ip daddr {{ {listed} }} counter drop" in text
    assert f"ip saddr {{ {listed} }} counter drop" in text
    assert "drop" not in edges.rules([])


def test_an_unknown_name_in_the_template_is_an_error():
    with pytest.raises(KeyError, match="NONSENSE"):
        render(make_plan("demo"), "listen=@NONSENSE@")


def test_the_rules_of_failover_are_those_of_the_carrier():
    text = TEMPLATE.read_text()
    assert 't_check_status("400|404|405|410|416|482|484|486|6[0-9][0-9]")' in text
    assert "t_set_fr(120000, 4000)" in text


def test_a_service_that_ends_is_started_again_until_all_are_stopped(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(carrier, "SHORTEST_LIFE", 0.0)
    services = carrier.Services()
    runs = tmp_path / "runs"
    script = f"p = open({str(runs)!r}, 'a'); p.write('x'); p.close(); print('hello')"
    real = carrier.say

    def say(name, text):
        real(name, text)
        if runs.exists() and len(runs.read_text()) >= 3:
            services.stop(0, None)

    monkeypatch.setattr(carrier, "say", say)
    services.keep("thing", [sys.executable, "-c", script])
    assert len(runs.read_text()) >= 3
    said = capsys.readouterr().out
    assert "thing: hello\n" in said
    assert "thing: ended with 0; starting it again\n" in said
