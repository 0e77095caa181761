# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole look at a recorded host, the options, and the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fitness_host import Host

from ansible_collections.dialtone.voice.plugins.module_utils._fitness import report
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.checks import CHECKS
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.errors import FitnessError
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.findings import Finding, overall, summary
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.limits import DEFAULTS, limits
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.options import options
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.run import Run

PARAMS: dict[str, Any] = {
    "checks": [], "thresholds": {}, "seconds": 1.0, "public_address": None, "timezone": None, "open_ports": [],
    "names": ["global.stun.twilio.com"], "nameservers": ["127.0.0.1"], "stun_servers": ["127.0.0.1:9"],
    "storage_path": None,
}  # fmt: skip


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def test_every_check_is_reported_and_nothing_is_written(tmp_path: Path) -> None:
    host = Host(tmp_path)
    before = files(tmp_path)
    result = Run(host.machine, options(PARAMS), dns_port=9).result()
    assert files(tmp_path) == before
    assert result["changed"] is False
    assert list(dict.fromkeys(one["check"] for one in result["findings"])) == list(CHECKS)
    assert sum(result["summary"].values()) == len(result["findings"])
    verdicts = {one["check"]: one["verdict"] for one in result["findings"]}
    # Nobody answers on that port of this machine.
    assert (verdicts.pop("dns"), verdicts.pop("egress")) == ("fail", "unknown")
    verdicts.pop("tick")
    assert set(verdicts.values()) == {"ok"}
    assert result["verdict"] == "fail"
    assert result["report"][0].startswith("FAIL    dns 127.0.0.1")
    assert 1 <= result["seconds"] < 4


def test_without_samples_nothing_waits(tmp_path: Path) -> None:
    asked = options({**PARAMS, "checks": ["memory", "cpus"], "seconds": 60.0})
    result = Run(Host(tmp_path).machine, asked).result()
    assert [one["check"] for one in result["findings"]] == ["cpus", "memory"]
    assert result["seconds"] < 2


def test_what_is_not_as_expected_is_unknown(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.write("/proc/loadavg", "a b c\n")
    host.remove("/proc/pressure/io")
    result = Run(host.machine, options({**PARAMS, "checks": ["load", "pressure", "cpus"]})).result()
    assert {one["check"]: one["verdict"] for one in result["findings"]} == {
        "cpus": "ok", "load": "unknown", "pressure": "unknown",
    }  # fmt: skip
    assert all(one["reason"] and not one["value"] for one in result["findings"] if one["verdict"] == "unknown")


def test_in_a_container_it_says_whose_figures_these_are(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.write("/run/systemd/container", "podman\n")
    host.write("/proc/loadavg", "9 9 9 1/1 1\n")
    result = Run(host.machine, options({**PARAMS, "checks": ["load"]})).result()
    assert result["findings"][0]["reason"].endswith("Measured on the machine around this container.")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"checks": ["colour"]}, "checks has 'colour': use some of virtualization"),
        ({"seconds": 0}, "seconds is 0: use 1 to 60"),
        ({"seconds": 61}, "seconds is 61: use 1 to 60"),
        ({"public_address": "pbx1"}, "public_address has 'pbx1': give an IPv4 address"),
        ({"public_address": "2001:db8::1"}, "give an IPv4 address"),
        ({"nameservers": ["ns1"]}, "nameservers has 'ns1'"),
        ({"names": []}, "names is empty"),
        ({"names": ["a b"]}, "names has 'a b'"),
        ({"stun_servers": ["stun.example.org:x"]}, "stun_servers has 'stun.example.org:x'"),
        ({"stun_servers": ["::1"]}, "stun_servers has '::1'"),
        ({"open_ports": [0]}, r"open_ports is \[0\]"),
        ({"thresholds": {"noise": {"warn": 1}}}, "thresholds has 'noise': use some of cpus"),
        ({"thresholds": {"dns_ms": 5}}, "dns_ms is 5: give it warn, fail, or both"),
        ({"thresholds": {"dns_ms": {"worst": 5}}}, "give it warn, fail, or both"),
        ({"thresholds": {"dns_ms": {"warn": "much"}}}, "warn of dns_ms is 'much'"),
        ({"thresholds": {"dns_ms": {"warn": -1}}}, "not negative"),
        ({"thresholds": {"dns_ms": {"warn": 900}}}, "warns at 900 and fails at 500: warn must be not above fail"),
        ({"thresholds": {"mtu_bytes": {"fail": 1500}}}, "warn must be not below fail"),
    ],
)
def test_bad_options_get_a_sentence(change: dict[str, Any], words: str) -> None:
    with pytest.raises(FitnessError, match=words):
        options({**PARAMS, **change})


def test_own_thresholds_take_the_place_of_the_defaults(tmp_path: Path) -> None:
    host = Host(tmp_path)
    thresholds = {"memory_percent": {"warn": 60, "fail": 1}, "load_per_cpu": {"warn": "0.01"}}
    asked = options({**PARAMS, "checks": ["memory", "load", "cpus"], "thresholds": thresholds})
    verdicts = {one["check"]: one["verdict"] for one in Run(host.machine, asked).result()["findings"]}
    assert verdicts == {"cpus": "ok", "memory": "warn", "load": "warn"}
    assert limits() == DEFAULTS


def test_every_default_can_be_told_apart() -> None:
    for limit in DEFAULTS.values():
        assert limit.grade(limit.fail - 0.001 if limit.low else limit.fail) == "fail"
        assert limit.grade(limit.warn - 0.001 if limit.low else limit.warn) == "warn"
        assert limit.grade(limit.warn * 2 if limit.low else limit.warn - 0.001) == "ok"


def test_what_is_unknown_does_not_hide_what_is_known() -> None:
    ok, odd, bad = Finding("a", "ok", "1"), Finding("b", "unknown"), Finding("c", "fail")
    assert overall([ok, odd]) == "ok"
    assert overall([odd]) == overall([]) == "unknown"
    assert overall([ok, odd, bad]) == "fail"
    assert summary([ok, odd]) == {"ok": 1, "warn": 0, "fail": 0, "unknown": 1}


def test_the_report_begins_with_what_matters() -> None:
    found = [
        Finding("cpus", "ok", "4"),
        Finding("ring", "unknown", "", "The driver tells no size.", "", "eth0"),
        Finding("dns", "fail", "no answer", "None of 3 questions was answered. " * 3, "Put it in order.", "192.0.2.53"),
    ]
    assert report.lines(found) == [
        "FAIL    dns 192.0.2.53  no answer: None of 3 questions was answered. None of 3 questions was answered. "
        "None of 3",
        "                        questions was answered.",
        "                        -> Put it in order.",
        "unknown ring eth0       The driver tells no size.",
        "ok      cpus            4",
    ]
    assert report.lines([]) == []
