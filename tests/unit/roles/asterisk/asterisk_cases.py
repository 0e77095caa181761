# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The descriptions of the role's tests: a sound office, and what is changed in it for each case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Description = dict[str, Any]
SECRETS = {"101": "Kp7;vW=q>2#z", "102": "mN4[xR]9!tB"}
TRUNK_PASSWORD = "Zt5;Trunk;9qLw"


def office() -> Description:
    return {
        "facts": {
            "distribution": "Debian",
            "distribution_major_version": "14",
            "distribution_version": "14",
            "os_family": "Debian",
            "all_ipv4_addresses": ["203.0.113.10"],
        },
        "voice_public_address": "203.0.113.10",
        "voice_country": "US",
        "voice_trunks": [
            {
                "name": "acme-hq-production",
                "domain_name": "acme-hq.pstn.twilio.com",
                "edges": ["ashburn", "umatilla"],
                "transport": "udp",
            }
        ],
        "voice_numbers": [
            {"number": "+12025550101", "trunk": "acme-hq-production", "destination": {"extension": "101"}},
            {"number": "(202) 555-0102", "trunk": "acme-hq-production", "destination": {"extension": "102"}},
        ],
        "voice_extensions": [
            {"extension": "101", "name": "Reception", "secret": SECRETS["101"], "caller_id": "+12025550101"},
            {"extension": "102", "name": "Help desk", "secret": SECRETS["102"], "caller_id": "202-555-0102"},
        ],
        "voice_dialplan": {"allow": ["national", "international"], "countries": ["GB"]},
    }


@dataclass(frozen=True)
class Case:
    """change: what is different from the office. expect: words that must be in one of the problems."""

    change: Callable[[Description], object]
    expect: tuple[str, ...] = ()


def put(path: str, value: Any) -> Callable[[Description], None]:
    """Return a change that puts value at a path such as voice_trunks.0.transport; None removes."""

    def change(description: Description) -> None:
        *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        place: Any = description
        for step in parents:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


def _second_trunk(name: str) -> Callable[[Description], None]:
    def change(description: Description) -> None:
        description["voice_trunks"].append(
            {"name": name, "domain_name": "acme-two.pstn.twilio.com", "edges": ["dublin"], "transport": "tcp"}
        )

    return change


def _branch(description: Description) -> None:
    """A second trunk over TCP, with credentials, that carries the number of extension 102."""
    _second_trunk("acme-branch")(description)
    description["voice_trunks"][1]["authentication"] = {"credentials": ["acme"]}
    description["asterisk_trunk_credentials"] = {"acme-branch": {"username": "acme", "password": TRUNK_PASSWORD}}
    description["voice_numbers"][1]["trunk"] = "acme-branch"


def _hostile(description: Description) -> None:
    """Text that would add lines, options or comments to the files if it were taken as it is."""
    description["voice_extensions"][0]["name"] = 'Eve" <911>\ncontext = dialtone-evil ; x'
    description["voice_numbers"][0]["purpose"] = "x\nexten => 666,1,Dial(PJSIP/666)"
    description["voice_trunks"][0]["name"] = "acme]\n[evil"
    for number in description["voice_numbers"]:
        number["trunk"] = "acme]\n[evil"


def _behind_nat(description: Description) -> None:
    description["facts"]["all_ipv4_addresses"] = ["10.1.2.3"]


RENDERED = {
    "office": Case(lambda __: None),
    "branch": Case(_branch),
    "hostile": Case(_hostile),
    "behind_nat": Case(_behind_nat),
    "no_caller_id": Case(put("voice_extensions.1.caller_id", None)),
    "unassigned": Case(put("voice_numbers.1.destination", {"unassigned": True})),
    "nobody_may_call": Case(put("voice_dialplan", {"allow": []})),
    "lab_networks": Case(
        put(
            "voice_carrier_networks",
            {
                "signalling": {"ashburn": ["198.19.1.0/30"], "umatilla": ["198.19.2.0/30"]},
                "media": ["198.19.128.0/18"],
            },
        )
    ),
}

PROBLEMS = {
    "sound": Case(lambda __: None),
    "debian_13": Case(put("facts.distribution_major_version", "13"), ("Debian 13", "no Asterisk", "Debian 14")),
    "fedora": Case(lambda d: d["facts"].update(distribution="Fedora", os_family="RedHat"), ("Fedora", "not supported")),
    "tls": Case(put("voice_trunks.0.transport", "tls"), ("acme-hq-production", "'tls'", "udp or tcp")),
    "tls_by_default": Case(put("voice_trunks.0.transport", None), ("'tls'", "udp or tcp")),
    "no_trunk": Case(put("voice_trunks", []), ("voice_trunks is empty",)),
    "no_edge": Case(put("voice_trunks.0.edges", []), ("acme-hq-production", "no edges")),
    "trunk_twice": Case(_second_trunk("acme-hq-production"), ("two trunks are named 'acme-hq-production'",)),
    "trunk_alike": Case(_second_trunk("acme hq production"), ("differ only in punctuation",)),
    "no_credentials": Case(
        put("voice_trunks.0.authentication", {"credentials": ["acme"]}),
        ("asterisk_trunk_credentials", "acme-hq-production"),
    ),
    "stray_credentials": Case(
        put("asterisk_trunk_credentials", {"other": {"username": "u", "password": TRUNK_PASSWORD}}),
        ("'other'", "no trunk"),
    ),
    "credentials_of_two_lines": Case(
        put(
            "asterisk_trunk_credentials",
            {"acme-hq-production": {"username": "u", "password": f"{TRUNK_PASSWORD}\nx=y"}},
        ),
        ("the password of trunk 'acme-hq-production'", "line breaks"),
    ),
    "credentials_of_spaces": Case(
        put("asterisk_trunk_credentials", {"acme-hq-production": {"username": " u", "password": TRUNK_PASSWORD}}),
        ("the username of trunk 'acme-hq-production'", "space"),
    ),
    "extension_letters": Case(put("voice_extensions.0.extension", "sales"), ("'sales'", "2 to 8 digits")),
    "extension_pattern": Case(put("voice_extensions.0.extension", "_X."), ("'_X.'", "2 to 8 digits")),
    "extension_emergency": Case(put("voice_extensions.0.extension", "911"), ("'911'", "emergency")),
    "extension_twice": Case(put("voice_extensions.1.extension", "101"), ("twice", "101")),
    "no_secret": Case(put("voice_extensions.0.secret", None), ("extension 101", "secret")),
    "secret_of_two_lines": Case(put("voice_extensions.0.secret", f"{SECRETS['101']}\nx = y"), ("extension 101",)),
    "no_destination": Case(put("voice_numbers.0.destination", {"extension": "999"}), ("+12025550101", "101, 102")),
    "queue": Case(put("voice_numbers.0.destination", {"queue": "sales"}), ("+12025550101", "{extension: N}")),
    "unassigned_no": Case(
        put("voice_numbers.0.destination", {"unassigned": False}), ("+12025550101", "{unassigned: true}")
    ),
    "unassigned_yes": Case(put("voice_numbers.0.destination", {"unassigned": True})),
    "samples": Case(put("asterisk_config_dir", "/etc/asterisk/"), ("asterisk_config_dir", "'/etc/asterisk/'")),
    "rtp_backwards": Case(put("asterisk_rtp_end", 9000), ("asterisk_rtp_start 10000", "asterisk_rtp_end 9000")),
    "rtp_odd": Case(put("asterisk_rtp_start", 10001), ("10001", "even")),
    "sip_in_rtp": Case(put("asterisk_sip_port", 10500), ("asterisk_sip_port 10500",)),
    "qualify": Case(put("asterisk_qualify_seconds", 5), ("asterisk_qualify_seconds is 5", "15")),
    "edge_timeout": Case(put("asterisk_edge_timeout_seconds", 60), ("asterisk_edge_timeout_seconds is 60", "7 to 32")),
    "edge_timeout_short": Case(
        put("asterisk_edge_timeout_seconds", 6), ("asterisk_edge_timeout_seconds is 6:", "7 to 32")
    ),
    "codecs": Case(put("asterisk_codecs", ["g722"]), ("asterisk_codecs", "ulaw")),
}
