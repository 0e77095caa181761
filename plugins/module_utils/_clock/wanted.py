# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the variables of the role time_sync, all at once. Pure. Private."""

from __future__ import annotations

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?=.{{1,254}}\Z){_LABEL}([.]{_LABEL})*[.]?\Z")
_POLLS = (-6, 24)  # what chronyd takes


def problems(values: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each problem, with variable, value and remedy."""
    found = [*_sources(values), *_numbers(values), *_server(values), *_lines(values)]
    return list(dict.fromkeys(found))


def _sources(values: Mapping[str, Any]) -> Iterator[str]:
    sources = values.get("time_sync_sources") or []
    if not isinstance(sources, list):
        yield f"time_sync_sources: it is {sources!r}: give a list of dictionaries with hostname."
        return
    other = values.get("time_sync_dhcp_sources") or values.get("time_sync_local_stratum")
    if not sources and not other and not values.get("clock"):
        yield (
            "time_sync_sources: there is no source of time at all: name servers, such as "
            "[{hostname: ntp1.example.com}]. An office without internet sets time_sync_local_stratum."
        )
    names: list[str] = []
    for index, source in enumerate(sources):
        path = f"time_sync_sources[{index}]"
        if not isinstance(source, dict) or not isinstance(source.get("hostname"), str):
            yield f"{path}: it is {source!r}: give a dictionary with hostname."
            continue
        names.append(source["hostname"].rstrip(".").lower())
        yield from _source(path, source)
    for name, count in Counter(names).items():
        if count > 1:
            yield f"time_sync_sources: '{name}' is there {count} times: chronyd asks a server once, so leave it once."
    proven = any(isinstance(one, dict) and (one.get("nts") or one.get("key")) for one in sources)
    if values.get("time_sync_auth_select_mode") == "require" and sources and not proven:
        yield (
            "time_sync_auth_select_mode: it is 'require', and no source has nts or key, so none would be used: use "
            "mix, or sources with nts."
        )


def _source(path: str, source: Mapping[str, Any]) -> Iterator[str]:
    name = source["hostname"]
    address = _address(name)
    if not address and (not _NAME.match(name) or re.fullmatch(r"[0-9.]+", name)):
        yield f"{path}.hostname: '{name}' is neither a name nor an address: correct it."
    if address and source.get("pool"):
        yield f"{path}: '{name}' is an address, and a pool is a name with many addresses: leave out pool."
    if address and source.get("nts"):
        yield (
            f"{path}: '{name}' is an address, and with nts its certificate has to be for it: give the name that the "
            "certificate is for."
        )
    if source.get("nts") and source.get("key"):
        yield f"{path}: '{name}' has nts and a key: use one of them."
    low, high = _POLLS
    polls: dict[str, float] = {}
    for word, default in (("minpoll", 6), ("maxpoll", 10)):
        value = source.get(word)
        number = _number(default if value is None else value)
        if number is None or not low <= number <= high:
            yield f"{path}.{word}: {value!r} is no power of two in seconds, {low} to {high}: 6 is 64 s."
            return
        polls[word] = number
    if polls["minpoll"] > polls["maxpoll"]:
        yield f"{path}: minpoll {polls['minpoll']:g} is more than maxpoll {polls['maxpoll']:g}: give both."


_RANGES: dict[str, tuple[float, float, str]] = {
    # variable: from, to, example
    "time_sync_min_sources": (0, 16, "0 for the usual number"),
    "time_sync_max_slew_rate": (1, 83333, "1000"),
    "time_sync_local_stratum": (0, 15, "10, or 0 for never"),
    "time_sync_command_port": (0, 65535, "0 for none, or 323"),
    "time_sync_max_stratum": (1, 15, "10"),
    "time_sync_wait_seconds": (0, 600, "60"),
}


def _numbers(values: Mapping[str, Any]) -> Iterator[str]:
    for name, (low, high, example) in _RANGES.items():
        value = values.get(name, low)
        number = _number(value)
        if number is None or not low <= number <= high:
            yield f"{name}: {value!r} is not from {low:g} to {high:g}: use {example}."
    for name, example in (("time_sync_max_offset", "0.1"), ("time_sync_log_change", "0.5")):
        number = _number(values.get(name, 1))
        if number is None or number <= 0:
            yield f"{name}: {values[name]!r} is no time: give seconds, more than 0, for example {example}."
    threshold = _number(values.get("time_sync_step_threshold", 1))
    if threshold is None or threshold < 0:
        yield (
            f"time_sync_step_threshold: {values['time_sync_step_threshold']!r} is no time: give seconds, for example "
            "1.0, or 0 for no steps."
        )
    limit = str(values.get("time_sync_step_limit", "auto"))
    if limit not in ("auto", "-1") and not limit.isdigit():
        yield f"time_sync_step_limit: '{limit}' is no number of corrections: use auto, -1 for always, or a number."


def _server(values: Mapping[str, Any]) -> Iterator[str]:
    phones = values.get("voice_phone_networks") or []
    told = values.get("voice_time_server")
    if told and not phones:
        yield "voice_time_server: it is true, but voice_phone_networks is empty: name the networks of the telephones."
    lists = {"time_sync_server_networks": values.get("time_sync_server_networks") or []}
    if told:
        lists["voice_phone_networks"] = phones
    for name, networks in lists.items():
        for network in networks if isinstance(networks, list) else [networks]:
            try:
                ipaddress.ip_network(network)
            except (ValueError, TypeError) as error:
                yield f"{name}: {str(network)!r} is no network ({error}): write it as 192.0.2.0/24 or 2001:db8::/64."


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    for line in values.get("time_sync_settings") or []:
        if not isinstance(line, str) or "\n" in line or not line.strip():
            yield f"time_sync_settings: {line!r} is not one line of chrony.conf: give a list of such lines."


def _address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and not isinstance(value, bool) else None
