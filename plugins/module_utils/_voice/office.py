# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who shares a description: the hosts of an inventory, grouped into offices. Private to the collection."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import schema
from .schema import Options

#: Variables that belong to a host, not to an office.
HOST_VARIABLES = (
    "voice_public_address",
    "voice_pbx_software",
    "voice_bind_address",
    "voice_sip_port",
    "voice_sip_tls_port",
    "voice_rtp_start",
    "voice_rtp_end",
    "voice_external_address",
    "voice_local_networks",
    "voice_tls",
    "voice_phone_networks",
    "voice_management_networks",
    "voice_time_server",
    "voice_ground",
)
#: Variables that say how a playbook runs. They may differ between hosts and are no part of a description.
RUN_VARIABLES = ("voice_fail_on_drift",)


@dataclass(frozen=True)
class Host:
    """A PBX.

    Attributes:
        name: name in the inventory.
        public_address: the address under which the carrier sees it, as written; empty if not set.
        settings: the variables of :data:`HOST_VARIABLES` with their defaults.
        problems: what is wrong with the form of these, without saying of which host.
    """

    name: str
    public_address: str
    settings: Mapping[str, Any]
    problems: tuple[str, ...] = ()

    def sip_port(self, transport: str | None) -> int:
        """Return the port on which it receives SIP over a transport."""
        return int(self.settings["voice_sip_tls_port" if transport == "tls" else "voice_sip_port"])


@dataclass(frozen=True)
class Office:
    """Hosts with one description.

    Attributes:
        hosts: in the order of the inventory.
        description: the ``voice_*`` variables with their defaults, without what could not be used (None).
        problems: what is wrong with the variables' form.
    """

    hosts: tuple[Host, ...]
    description: Mapping[str, Any]
    problems: tuple[str, ...]

    @property
    def account(self) -> str:
        """The account of the office; empty if it is the one of the environment."""
        return str(self.description.get("voice_twilio_account_sid") or "")

    @property
    def label(self) -> str:
        return ", ".join(host.name for host in self.hosts)


def group(hosts: Sequence[Mapping[str, Any]], options: Options) -> list[Office]:
    """Group hosts into offices: those with the same values in all variables of a description.

    Args:
        hosts: in the order of the inventory, a dictionary each of ``name`` and the ``voice_*`` variables that are set
            for the host.
        options: the options of the role ``voice_description``.
    """
    found: dict[str, tuple[list[Host], list[Mapping[str, Any]]]] = {}
    for entry in hosts:
        shared = {name: entry[name] for name in options if name in entry and name not in HOST_VARIABLES + RUN_VARIABLES}
        key = json.dumps(_sortable(shared), sort_keys=True, default=str)
        members, values = found.setdefault(key, ([], []))
        members.append(_host(entry, options))
        values.append(shared)
    return [_office(tuple(members), values[0], options) for members, values in found.values()]


def _sortable(value: Any) -> Any:
    """Return a value whose keys are text: YAML reads a bare 1, such as the key of a menu, as a number."""
    if isinstance(value, Mapping):
        return {str(key): _sortable(entry) for key, entry in value.items()}
    return [_sortable(entry) for entry in value] if isinstance(value, list) else value


def _host(entry: Mapping[str, Any], options: Options) -> Host:
    own = {name: options[name] for name in HOST_VARIABLES if name in options}
    problems: list[str] = []
    settings = schema.check({name: entry[name] for name in own if name in entry}, own, "", problems)
    return Host(str(entry["name"]), str(entry.get("voice_public_address") or ""), settings, tuple(problems))


def _office(hosts: tuple[Host, ...], values: Mapping[str, Any], options: Options) -> Office:
    problems: list[str] = []
    description = schema.check(values, options, "", problems)
    return Office(hosts, description, tuple(problems))


def differences(left: Office, right: Office) -> list[str]:
    """Return the names of the variables in which two offices differ."""
    return sorted(name for name, value in left.description.items() if value != right.description.get(name))
