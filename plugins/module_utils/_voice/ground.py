# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what the description says about the ground below a PBX: who may reach the host. Private to the collection.

The one place for them: the description's checks and those of the firewall both come here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .firewall.networks import joined, network_problems, usable

MANAGEMENT = "voice_management_networks"
PHONES = "voice_phone_networks"


def ground_problems(settings: Mapping[str, Any], extensions: bool) -> Iterator[str]:
    """Check the networks of a host, as far as the roles that ``voice_ground`` names need them.

    Args:
        settings: the variables of ``office.HOST_VARIABLES`` with their defaults.
        extensions: whether there are telephones.
    """
    yield from reach_problems(settings, extensions, "firewall" in settings["voice_ground"])
    if settings["voice_time_server"] and "time_sync" in settings["voice_ground"]:
        yield from time_problems(settings)


def reach_problems(settings: Mapping[str, Any], extensions: bool, firewall: bool) -> Iterator[str]:
    """Check who may reach a host; with a firewall, somebody has to be named."""
    yield from network_problems(MANAGEMENT, settings[MANAGEMENT])
    yield from network_problems(PHONES, settings[PHONES])
    # Joined first: halves of everything are everything.
    for network in joined(usable(settings[MANAGEMENT])):
        if not network.prefixlen:
            yield (
                f"{MANAGEMENT}: '{network}' lets the whole Internet try passwords: name the networks from which the "
                "hosts are managed (SSH open to all, if it has to be, is an entry of firewall_services with its "
                "own networks)."
            )
    if not firewall:
        return
    if not settings[MANAGEMENT]:
        yield (
            f"{MANAGEMENT}: it is empty: list the networks from which the hosts are managed, such as "
            "[198.51.100.0/24], or leave firewall out of voice_ground."
        )
    if extensions and not settings[PHONES]:
        yield (
            f"{PHONES}: it is empty, but there are extensions: list the networks in which telephones are, or "
            "[0.0.0.0/0, '::/0'] for anywhere."
        )


def time_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    """Check whom a host tells the time."""
    if not settings[PHONES]:
        yield (
            f"voice_time_server: it is true, but {PHONES} is empty, so nobody could ask: list the networks in which "
            "telephones are, or write false."
        )
