# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what belongs to one PBX: ports, addresses, certificate. Private to the collection."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .ranges import outside

#: A call between a telephone and a trunk takes RTP and RTCP on either side.
PORTS_PER_CALL = 4

_PORT = (1, 65535)
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
#: Options of ``voice_tls`` by the source that reads them; the first ones it cannot do without.
_TLS_OPTIONS = {
    "files": (("certificate", "key"), ()),
    "acme": (("live_directory",), ()),
    "private_ca": ((), ("name", "directory")),
}


def host_settings_problems(settings: Mapping[str, Any], limits: Mapping[str, Any]) -> Iterator[str]:
    """Check the variables of one PBX.

    Args:
        settings: the variables of ``office.HOST_VARIABLES`` with their defaults.
        limits: ``voice_dialplan.limits`` with its defaults.
    """
    yield from port_problems(settings, limits["calls"])
    yield from _addresses(settings)
    yield from _tls(settings["voice_tls"])


def port_problems(settings: Mapping[str, Any], calls: int) -> Iterator[str]:
    """Check the ports of SIP and media, and that there are enough for a number of calls."""
    yield from outside("", settings, {"voice_sip_port": _PORT, "voice_sip_tls_port": _PORT})
    start, end, sip = (settings[name] for name in ("voice_rtp_start", "voice_rtp_end", "voice_sip_port"))
    if start < 1024 or start % 2 or end > 65535 or end - start < PORTS_PER_CALL - 1:
        yield (
            f"voice_rtp_start: {start} to {end} (voice_rtp_end) is no media range: use an even start from 1024 and an "
            f"end up to 65535, at least {PORTS_PER_CALL} ports."
        )
    elif end - start + 1 < PORTS_PER_CALL * calls:
        possible = (end - start + 1) // PORTS_PER_CALL
        yield (
            f"voice_rtp_end: {start} to {end} are ports for {possible} calls, but voice_dialplan.limits.calls is "
            f"{calls}: widen the range to {PORTS_PER_CALL * calls} ports, or lower the limit."
        )
    if start <= sip <= end:
        yield f"voice_sip_port: {sip} is in the media range {start} to {end}: move one of them."
    if sip == settings["voice_sip_tls_port"]:
        yield f"voice_sip_tls_port: {sip} is voice_sip_port too: give each its own."


def _addresses(settings: Mapping[str, Any]) -> Iterator[str]:
    bind, external = settings["voice_bind_address"], settings["voice_external_address"]
    if not is_address(bind):
        yield f"voice_bind_address: '{bind}' is not an IPv4 address: write one of the host's, or 0.0.0.0 for all."
    if external not in ("auto", "none") and not is_address(external):
        remedy = "write auto, none, or one such as 203.0.113.10"
        yield f"voice_external_address: '{external}' is not an IPv4 address: {remedy}."
    for place, network in enumerate(settings["voice_local_networks"]):
        if network is None:
            continue
        try:
            ipaddress.IPv4Network(network)
        except ValueError as error:
            yield (
                f"voice_local_networks[{place}]: '{network}' is not an IPv4 network ({error}): write one such as "
                "192.168.0.0/16."
            )


def is_address(text: str) -> bool:
    """Say whether a text is an IPv4 address."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _tls(tls: Mapping[str, Any]) -> Iterator[str]:
    source = tls["source"]
    for other, (needed, possible) in _TLS_OPTIONS.items():
        for option in (*needed, *possible):
            if other != source and tls[option]:
                yield (
                    f"voice_tls.{option}: it is there, but source is '{source}', which does not read it: remove it, or "
                    f"write source: {other}."
                )
            elif other == source and option in needed and not tls[option]:
                yield f"voice_tls.{option}: it is missing, but source is '{source}': set it, or choose another source."
    for option in ("live_directory", "carrier_ca"):
        if tls[option] and not tls[option].startswith("/"):
            yield f"voice_tls.{option}: '{tls[option]}' is a path on the PBX: begin it with a slash."
    if tls["name"] and not _HOST_NAME.fullmatch(tls["name"]):
        remedy = "write one such as pbx.example.com"
        yield f"voice_tls.name: '{tls['name']}' is neither a DNS name nor an address: {remedy}."
