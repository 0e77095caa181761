# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The descriptions of the role's tests: a sound office, and what is changed in it for each case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Description = dict[str, Any]
NO_ADDRESSES = {"emergency": {"address_required": False}}
GOLDEN = Path(__file__).resolve().parents[3] / "golden"
SECRETS = {"101": "Kp7;vW=q>2#zLt5", "102": "mN4[xR]9!tB8hWq"}
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
            {
                "number": number,
                "trunk": "acme-hq-production",
                "owner": "Sales",
                "purpose": "calls",
                "destination": {"extension": extension},
            }
            for number, extension in (("+12025550101", "101"), ("(202) 555-0102", "102"))
        ],
        "voice_extensions": [
            {"extension": "101", "name": "Reception", "secret": SECRETS["101"], "caller_id": "+12025550101"},
            {"extension": "102", "name": "Help desk", "secret": SECRETS["102"], "caller_id": "202-555-0102"},
        ],
        "voice_dialplan": {"allow": ["national", "international"], "countries": ["GB"], **NO_ADDRESSES},
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
    description["voice_trunk_credentials"] = {"acme-branch": {"username": "acme", "password": TRUNK_PASSWORD}}
    description["voice_numbers"][1]["trunk"] = "acme-branch"


HOSTILE = "Eve\" <911>\ncontext = dialtone-evil ; x ${SHELL(id)} \\ , ) $(id) `id` '; id #"


def _hostile(description: Description) -> None:
    """Text that would add lines, options, comments or commands if it were taken as it is."""
    description["voice_extensions"][0]["name"] = HOSTILE
    description["voice_numbers"][0]["purpose"] = "x\nexten => 666,1,Dial(PJSIP/666)"
    description["voice_numbers"][0]["name"] = "x\nexten => 666"
    description["voice_mailboxes"] = [{"mailbox": "101", "name": HOSTILE, "pin": "407193", "email": "eve@example.com"}]
    description["voice_dialplan"]["emergency"] = {"address_required": False, "notify_command": "/usr/local/bin/tell"}


def _behind_nat(description: Description) -> None:
    description["facts"]["all_ipv4_addresses"] = ["10.1.2.3"]


def _become(description: Description, path: Path) -> None:
    """Be the office of a file of golden calls."""
    office = yaml.safe_load(path.read_text(encoding="utf-8"))["description"]
    for name in [name for name in description if name.startswith("voice_") and name != "voice_public_address"]:
        del description[name]
    description.update(office)


def _strict(description: Description) -> None:
    """Everything of the full office, with what is off by default."""
    _become(description, GOLDEN / "us.yml")
    description["voice_dialplan"] |= {"transfer_outside": True, "anonymous_inbound": "refuse"}
    description["voice_call_recording"] = {"calls": "marked", "prompt": "recording.wav"}
    description["voice_extensions"][0] |= {"record": True, "name": 'Rec "x"; `id` $(id) \'; reboot #'}
    description["asterisk_ami_enabled"] = True
    description["asterisk_ari_enabled"] = True


def _debian_13(**variables: Any) -> Callable[[Description], None]:
    """Be a host for which Asterisk is built."""

    def change(description: Description) -> None:
        description["facts"] |= {"distribution": "Debian", "distribution_major_version": "13", "os_family": "Debian"}
        description.update(variables)

    return change


RENDERED = {
    "office": Case(lambda __: None),
    "branch": Case(_branch),
    "hostile": Case(_hostile),
    "behind_nat": Case(_behind_nat),
    "no_caller_id": Case(put("voice_extensions.1.caller_id", None)),
    "unassigned": Case(put("voice_numbers.1.destination", {"unassigned": True})),
    "nobody_may_call": Case(put("voice_dialplan", {"allow": [], **NO_ADDRESSES})),
    "full": Case(lambda d: _become(d, GOLDEN / "us.yml")),
    "full_gb": Case(lambda d: _become(d, GOLDEN / "gb.yml")),
    "full_de": Case(lambda d: _become(d, GOLDEN / "de.yml")),
    "strict": Case(_strict),
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
    "sound_source": Case(_debian_13()),
    "fedora": Case(lambda d: d["facts"].update(distribution="Fedora", os_family="RedHat"), ("Fedora", "not supported")),
    "samples": Case(put("asterisk_config_dir", "/etc/asterisk/"), ("asterisk_config_dir", "'/etc/asterisk/'")),
    "no_package": Case(_debian_13(asterisk_install="package"), ("asterisk_install", "Debian 13", "source or auto")),
    "no_opus": Case(_debian_13(voice_codecs=["opus", "ulaw"]), ("voice_codecs", "'opus'", "Leave it out")),
    "no_checksum": Case(_debian_13(asterisk_source_sha256=""), ("asterisk_source_sha256", "SHA-256 of the archive")),
    "other_checksum": Case(
        _debian_13(asterisk_source_pjproject_sha256="0953"), ("asterisk_source_pjproject_sha256", "'0953'")
    ),
    "no_archive": Case(
        _debian_13(asterisk_source_url="ftp://example.com/a.tar.gz"), ("asterisk_source_url", "https://")
    ),
    "old_source": Case(_debian_13(asterisk_source_version="18.26.3"), ("asterisk_source_version", "18.26.3")),
    # What the description says wrong is found by the filter dialtone.voice.call_problems, and tested there.
    "no_destination": Case(put("voice_numbers.0.destination", {"extension": "999"}), ("999",)),
    "extension_twice": Case(put("voice_extensions.1.extension", "101"), ("remove one",)),
    # Options that both PBXs have now.
    "old_port": Case(put("asterisk_sip_port", 5080), ("asterisk_sip_port", "voice_sip_port")),
    "old_codecs": Case(put("asterisk_codecs", ["ulaw"]), ("asterisk_codecs", "voice_codecs")),
    "old_transports": Case(
        put("asterisk_extension_transports", ["tcp"]), ("asterisk_extension_transports", "voice_extensions[].transport")
    ),
    "old_credentials": Case(
        put("asterisk_trunk_credentials", {}), ("asterisk_trunk_credentials", "voice_trunk_credentials")
    ),
}
