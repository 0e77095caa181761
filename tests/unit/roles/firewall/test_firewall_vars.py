# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role makes of the host that it finds."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from firewall_runs import ROLE

KERNEL_FILES = {
    "/etc/modprobe.d/dialtone-firewall.conf",
    "/etc/modules-load.d/dialtone-firewall.conf",
    "/etc/sysctl.d/90-dialtone-firewall.conf",
}
PROGRAM = "/usr/local/sbin/dialtone-firewall"

SOUND = ["bare", "settled", "small", "old_kernel", "helper_loaded", "helper_used", "container", "daring"]
WRONG = {
    "no_systemd": "systemd",
    "no_packages": "install nftables",
    "ufw": "ufw, chain input of the table inet filter",
    "outsider": "198.51.100.9",
    "no_management": "voice_management_networks: it is empty",
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_host_is_not_refused(worked_out: dict[str, Any], name: str) -> None:
    assert worked_out[name]["problems"] == []


@pytest.mark.parametrize("name", sorted(WRONG))
def test_what_is_wrong_is_one_sentence_with_its_name(worked_out: dict[str, Any], name: str) -> None:
    matching = [one for one in worked_out[name]["problems"] if WRONG[name] in one]
    assert len(matching) == 1, worked_out[name]["problems"]
    assert matching[0].endswith(".")


def test_the_connection_is_that_of_the_login(worked_out: dict[str, Any]) -> None:
    assert worked_out["bare"]["connection"] == {"client": "192.0.2.7", "port": 22}
    assert worked_out["link_local"]["connection"] == {"client": "fe80::1", "port": 2222}
    assert worked_out["no_connection"]["connection"] == {}


def test_networks_are_only_suspected_where_the_connection_was_lost(worked_out: dict[str, Any]) -> None:
    for name, suspected in (("disk_full", False), ("cut_off", True), ("unreachable", True)):
        words = worked_out[name]["lost"]
        assert "The rules from before are in force" in words
        assert ("Compare voice_management_networks (192.0.2.0/28)" in words) == suspected, words
    assert "and not confirmed: /etc/x: No space left on device. Make room. The host" in worked_out["disk_full"]["lost"]


def test_another_firewall_is_a_warning_if_so_wanted(worked_out: dict[str, Any]) -> None:
    assert worked_out["ufw_known"]["problems"] == []
    assert "ufw" in worked_out["ufw_known"]["warnings"][0]


def test_a_host_has_the_files_of_the_kernel_and_a_container_has_not(worked_out: dict[str, Any]) -> None:
    assert set(worked_out["bare"]["files"]) == {PROGRAM} | KERNEL_FILES
    assert set(worked_out["container"]["files"]) == {PROGRAM}
    for name in ("bare", "container"):
        assert sorted(worked_out[name]["paths"]) == sorted(worked_out[name]["files"])


def test_the_helpers_of_sip_cannot_be_loaded(worked_out: dict[str, Any]) -> None:
    text = worked_out["bare"]["files"]["/etc/modprobe.d/dialtone-firewall.conf"]["content"]
    assert "install nf_conntrack_sip /bin/false" in text.splitlines()
    assert "install nf_nat_sip /bin/false" in text.splitlines()


def sysctl(worked_out: dict[str, Any], name: str) -> dict[str, int]:
    text = worked_out[name]["files"]["/etc/sysctl.d/90-dialtone-firewall.conf"]["content"]
    return {key: int(value) for key, value in re.findall(r"(?m)^-net\.netfilter\.(\w+) = (\d+)$", text)}


def test_a_higher_value_of_the_host_stays_and_a_lower_one_is_raised(worked_out: dict[str, Any]) -> None:
    wanted = {"nf_conntrack_helper": 0, "nf_conntrack_buckets": 16384, "nf_conntrack_max": 65536}
    assert sysctl(worked_out, "bare") == wanted
    assert sysctl(worked_out, "small") == wanted
    assert sysctl(worked_out, "settled") == wanted | {"nf_conntrack_buckets": 131072, "nf_conntrack_max": 262144}


def test_the_kernel_is_left_alone_where_nothing_differs(worked_out: dict[str, Any]) -> None:
    due = {name for name, case in worked_out.items() if case["due"]}
    assert due >= {"bare", "small", "old_kernel", "helper_loaded"}
    assert not due & {"settled", "helper_used", "container", "small_container"}
    assert worked_out["small"]["pairs"] == ["nf_conntrack_buckets=16384", "nf_conntrack_max=65536"]
    assert "nf_conntrack_helper=0" in worked_out["old_kernel"]["pairs"]


def test_warnings_are_about_what_the_role_cannot_change(worked_out: dict[str, Any]) -> None:
    for name in ("bare", "settled", "small", "helper_loaded", "container"):
        assert worked_out[name]["warnings"] == []
    assert [one for one in worked_out["helper_used"]["warnings"] if "nf_conntrack_sip" in one and "starts again" in one]
    told = " ".join(worked_out["small_container"]["warnings"])
    assert "nf_conntrack_max to 65536" in told
    assert "nf_conntrack_sip" in told


def load(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROLE / name).read_text(encoding="utf-8"))
    return read


def options() -> set[str]:
    return set(load("meta/argument_specs.yml")["argument_specs"]["main"]["options"])


FILTERS = {"firewall_plan", "firewall_problems"}


def test_variables_of_the_role_that_are_not_options_are_private() -> None:
    assert all(name.startswith("__firewall_") for name in load("vars/main.yml"))
    for file in (ROLE / "tasks").glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        assert set(re.findall(r"(?<![_a-z/.-])firewall_[a-z_]+", text)) <= options() | FILTERS
        assert all(name.startswith("__firewall_") for name in re.findall(r"register: (\S+)", text))


def test_the_readme_names_every_option() -> None:
    text = (ROLE / "README.md").read_text(encoding="utf-8")
    assert not [name for name in options() if f"`{name}`" not in text]
