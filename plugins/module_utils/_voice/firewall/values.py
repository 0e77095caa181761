# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables that matter to the firewall, with their defaults, read once for plan and checks. Private."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .. import edges, schema
from ..errors import VoiceError
from ..schema import Options
from .ports import Ports, parse

#: What of the description the firewall follows from. On hosts that are no PBX most of it is not there.
VOICE_VARIABLES = (
    "voice_management_networks",
    "voice_phone_networks",
    "voice_carrier_networks",
    "voice_trunks",
    "voice_extensions",
    "voice_dialplan",
    "voice_contacts_per_extension",
    "voice_sip_port",
    "voice_sip_tls_port",
    "voice_rtp_start",
    "voice_rtp_end",
    "voice_time_server",
)
_PREFIX = "firewall_"
_EMPTY: dict[str, Any] = {"list": [], "dict": {}}


@dataclass(frozen=True)
class Values:
    """What the firewall of one host is told.

    Attributes:
        read: the variables with their defaults; None in the place of a list's entry that is not usable.
        connection: ``client`` and ``port`` of the connection of this run; may be empty.
        problems: what is wrong with the form of the variables.
    """

    read: Mapping[str, Any]
    connection: Mapping[str, Any]
    problems: tuple[str, ...]

    def __getitem__(self, name: str) -> Any:
        return self.read[name]

    def entries(self, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the usable entries of a list, each with its path."""
        for place, entry in enumerate(self.read[name]):
            if entry is not None:
                yield f"{name}[{place}]", entry

    @property
    def trunks(self) -> list[Mapping[str, Any]]:
        return [entry for __, entry in self.entries("voice_trunks")]

    @property
    def extensions(self) -> list[Mapping[str, Any]]:
        return [entry for __, entry in self.entries("voice_extensions")]

    @property
    def media_ports(self) -> str:
        """The range of media, or nothing where no call is taken."""
        if not self.trunks and not self.extensions:
            return ""
        return f"{self['voice_rtp_start']}-{self['voice_rtp_end']}"

    @property
    def carrier(self) -> edges.Networks:
        """The carrier's networks; those of the collection where an override is not usable, which is reported apart."""
        try:
            return edges.networks(self["voice_carrier_networks"])
        except VoiceError:
            return edges.DEFAULT

    @property
    def signalling(self) -> list[str]:
        """Networks from which the carrier calls: of all public edges, and of the private ones that a trunk names."""
        if not self.trunks:
            return []
        known = self.carrier
        named = [edge for trunk in self.trunks for edge in trunk["edges"] or [] if edge in known.private]
        return edges.signalling_networks(known, [*known.signalling, *dict.fromkeys(named)])

    @property
    def media_networks(self) -> list[str]:
        """Networks from which media comes."""
        carrier = list(self.carrier.media) if self.trunks else []
        return carrier + (self["voice_phone_networks"] if self.extensions else [])


def read(values: Mapping[str, Any], voice: Options, firewall: Options) -> Values:
    """Read the variables of one host.

    Args:
        values: its ``voice_*`` and ``firewall_*`` variables, and ``connection``; others are ignored, those left out
            have their defaults.
        voice: the options of the role ``voice_description``.
        firewall: the options of the role ``firewall``.
    """
    options: dict[str, Mapping[str, Any]] = {name: {**voice[name], "required": False} for name in VOICE_VARIABLES}
    options.update({name: option for name, option in firewall.items() if name.startswith(_PREFIX)})
    for name, option in options.items():
        if option.get("type") in _EMPTY:
            options[name] = {"default": _EMPTY[option["type"]], **option}
    problems: list[str] = []
    found = schema.check({name: values[name] for name in options if name in values}, options, "", problems)
    connection = values.get("connection")
    return Values(found, connection if isinstance(connection, Mapping) else {}, tuple(problems))


def service_ports(entry: Mapping[str, Any]) -> list[Ports]:
    """Return the usable ports of an entry of ``firewall_services``."""
    return [ports for text in entry["ports"] or [] if (ports := parse(text)) is not None]
