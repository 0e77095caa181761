# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers are what the plan says, and are made anew exactly when what they are made of has changed."""

from __future__ import annotations

import pytest

from lab.hosts import containers, router
from lab.hosts.errors import LabError
from lab.hosts.plan import make_plan

PLAN = make_plan("demo")


def arguments(host, image="image:1", resolver="192.0.2.53"):
    return containers.arguments(PLAN, PLAN.hosts[host], image, resolver)


def spec(host, **changes):
    return containers.labels(PLAN, PLAN.hosts[host], arguments(host, **changes))["dialtone.spec"]


def networks(args):
    return [args[index + 1].partition(":")[0] for index, word in enumerate(args) if word == "--network"]


def test_only_those_that_need_a_way_out_have_one():
    assert networks(arguments("pbx1")) == ["dialtone-demo", "dialtone-demo-nat"]
    assert networks(arguments("carrier")) == ["dialtone-demo", "dialtone-demo-nat"]
    for host in ("pstn", "phone", "rogue"):
        assert networks(arguments(host)) == ["dialtone-demo"]


def test_every_host_asks_the_carrier_for_names_and_cannot_write_the_code():
    for host in PLAN.hosts:
        args = arguments(host)
        assert args[args.index("--dns") + 1] == "198.18.0.10"
        assert args[args.index("--volume") + 1].endswith(":/opt/lab:ro")


def test_a_pbx_boots_systemd_and_a_telephone_does_nothing():
    assert arguments("pbx1")[-2:] == ["image:1", "/sbin/init"]
    assert "--systemd=always" in arguments("pbx1")
    assert arguments("phone")[-3:] == ["image:1", "sleep", "infinity"]


def test_the_carrier_forwards_other_names_to_the_machines_resolver():
    args = arguments("carrier")
    assert args[args.index("--forward") + 1] == "192.0.2.53"


def test_the_same_definition_keeps_the_container_and_another_image_does_not():
    assert spec("pbx1") == spec("pbx1")
    assert spec("pbx1") != spec("pbx1", image="image:2")
    assert spec("carrier") != spec("carrier", resolver="192.0.2.54")


def test_a_change_of_the_carriers_code_makes_another_digest(tmp_path):
    for name in containers.CARRIER_CODE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix:
            path.write_text("")
        else:
            path.mkdir()
    (tmp_path / "carrier" / "kamailio.cfg").write_text("a")
    before = containers.code_digest(tmp_path)
    assert containers.code_digest(tmp_path) == before
    (tmp_path / "README.md").write_text("no code")
    assert containers.code_digest(tmp_path) == before
    (tmp_path / "carrier" / "kamailio.cfg").write_text("b")
    assert containers.code_digest(tmp_path) != before


def test_a_lab_of_another_checkout_is_not_touched():
    mine = {"Labels": containers.labels(PLAN, PLAN.hosts["phone"], [])}
    other = {"Labels": {"dialtone.lab": "demo", "dialtone.root": "/elsewhere/tests/lab"}}
    neighbour = {"Labels": {"dialtone.lab": "molecule", "dialtone.root": "/elsewhere/tests/lab"}}
    containers.check_owner(PLAN, [mine, neighbour, {"Labels": None}])
    with pytest.raises(LabError, match=r"'demo' runs already, from /elsewhere/tests/lab: end it there"):
        containers.check_owner(PLAN, [mine, other])


def test_a_pbx_behind_nat_has_no_interface_in_the_sip_network():
    plan = make_plan("demo", nat=True)
    pbx = containers.arguments(plan, plan.hosts["pbxnat"], "image", "192.0.2.53")
    networks = [word for before, word in zip(pbx, pbx[1:]) if before == "--network"]
    assert [network.split(":")[0] for network in networks] == ["dialtone-demo-inside", "dialtone-demo-nat"]
    assert "ip=10.198.118.10" in networks[0]
    router = containers.arguments(plan, plan.hosts["router"], "image", "192.0.2.53")
    networks = [word for before, word in zip(router, router[1:]) if before == "--network"]
    assert [network.split(":")[0] for network in networks] == ["dialtone-demo", "dialtone-demo-inside"]


def test_the_router_translates_one_to_one():
    plan = make_plan("demo", nat=True)
    commands = router.commands(plan)
    assert 'iifname "sip0" ip daddr 198.18.10.20 dnat to 10.198.118.10' in commands
    assert 'oifname "sip0" ip saddr 10.198.118.10 snat to 198.18.10.20' in commands
    assert "ip route replace 198.18.0.0/16 via 10.198.118.2" in router.route(plan)
