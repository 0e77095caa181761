# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kamailio configuration follows the address plan, and the carrier's services are kept running."""

from __future__ import annotations

import re
import sys

import pytest

from lab.carrier import __main__ as carrier
from lab.carrier.render import TEMPLATE, render
from lab.hosts.plan import LABS, make_plan


@pytest.mark.parametrize("name", LABS)
def test_every_name_is_filled_in_and_every_address_is_the_labs(name):
    plan = make_plan(name)
    text = render(plan, TEMPLATE.read_text())
    assert not re.search(r"@[A-Z_]+@", text)
    other = {"demo": r"198\.19\.", "molecule": r"198\.18\."}[name]
    assert not re.search(other, text)
    listening = re.findall(r"^listen=(\w+):([\d.]+):5060$", text, re.MULTILINE)
    expected = [plan.carrier, *plan.hosts["carrier"].extra]
    assert sorted(listening) == sorted((transport, address) for transport in ("udp", "tcp") for address in expected)


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
