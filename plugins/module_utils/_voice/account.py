# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From offices to accounts: what each account has to hold, as the options of twilio_voice_account. Private."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from .account_checks import PERMISSIONS, derives_access_list, list_addresses, permissions
from .numbers import to_e164
from .office import Office
from .trunk_checks import sip_url, written_origination

#: What tells accounts apart: offices with the same values share one account, reached in the same way.
IDENTITY = ("account_sid", "api_key", "edge", "region", "base_url")
#: What tells apart where objects live. An API key or an edge is only a way there.
_PLACE = ("account_sid", "region", "base_url")
#: Longest name of an origination URL and of a host in an access list.
_URL_NAME, _ADDRESS_NAME = 64, 255

Object = dict[str, Any]
_DERIVED: Object = {"derived": True}  # stands for the access list of a trunk


def identity(office: Office, parts: Sequence[str] = IDENTITY) -> tuple[str, ...]:
    """Return what tells the account of an office apart; empty texts are those of the environment."""
    return tuple(str(office.description[f"voice_twilio_{part}"] or "") for part in parts)


def collisions(offices: Sequence[Office]) -> Iterator[str]:
    """Yield in what offices of one account contradict each other."""
    for left, right in combinations(offices, 2):
        if identity(left, _PLACE) != identity(right, _PLACE):
            continue
        mine, theirs = _shared(left), _shared(right)
        for (kind, name), value in mine.items():
            other = theirs.get((kind, name))
            if value == other == _DERIVED:
                continue  # two trunks of one name, which is said already
            if other is not None and json.dumps(other, sort_keys=True) != json.dumps(value, sort_keys=True):
                where = f"in the description of {left.label} and in that of {right.label}"
                yield (
                    f"The {kind} '{name}' is not the same {where}, which share an account: describe it in a group of "
                    "both, or use another name in one of them."
                )
        if _permission_key(left) != _permission_key(right):
            yield (
                f"voice_dialing_permissions is not the same for {left.label} and for {right.label}, which share an "
                "account: set it once, in a group of both."
            )


def _shared(office: Office) -> dict[tuple[str, str], Any]:
    """Return what another office may describe too, if it does so in the same words."""
    found: dict[tuple[str, str], Any] = {}
    for kind, variable in (
        ("access list", "voice_access_lists"),
        ("credential list", "voice_credential_lists"),
        ("address", "voice_addresses"),
    ):
        for entry in office.description[variable] or []:
            if entry is not None and entry["name"]:
                found[kind, entry["name"]] = entry
    for trunk in office.description["voice_trunks"]:
        if trunk is not None and trunk["name"] and derives_access_list(trunk):
            found["access list", trunk["name"]] = _DERIVED
    return found


def _permission_key(office: Office) -> str:
    return json.dumps(office.description["voice_dialing_permissions"], sort_keys=True, default=str)


def objects(offices: Sequence[Office], only: Sequence[str] = ()) -> list[Object]:
    """Return the accounts of offices whose descriptions have no problems.

    Args:
        offices: all of them, also those that the run is not about.
        only: names of hosts; only offices with one of them are worked on. Empty means all.
    """
    groups: dict[tuple[tuple[str, ...], bool], list[Office]] = {}
    for office in offices:
        # The module purges the numbers of all trunks of a task, or of none.
        groups.setdefault((identity(office), bool(office.description["voice_purge"])), []).append(office)
    found = []
    for (key, __), members in groups.items():
        wanted = [office for office in members if not only or any(host.name in only for host in office.hosts)]
        if wanted:
            neighbours = [office for office in offices if identity(office, _PLACE) == identity(members[0], _PLACE)]
            found.append(_account(key, wanted, neighbours))
    return found


def _account(key: tuple[str, ...], wanted: Sequence[Office], neighbours: Sequence[Office]) -> Object:
    sid, way = key[0], dict(zip(IDENTITY, key))
    place = " ".join(filter(None, (way["region"], way["base_url"])))
    name = sid or "the account of the environment"
    options = _options(wanted)
    _spare(options, neighbours)
    granted = _permissions(wanted[0], neighbours)
    if granted is not None:
        options["dialing_permissions"] = granted
    everything = _options(neighbours)
    name = f"{name} ({place})" if place else name
    hosts = [host.name for office in wanted for host in office.hosts]
    return {
        "name": name,
        "label": f"{name}: {', '.join(hosts[:3])}" + (f" and {len(hosts) - 3} more" if len(hosts) > 3 else ""),
        "host": hosts[0],
        "hosts": hosts,
        "offices": [[host.name for host in office.hosts] for office in wanted],
        "options": options,
        "regions": [
            {"host": wanted[0].hosts[0].name, "trunk": trunk["domain_name"], "voice_region": trunk["region"]}
            for office in wanted
            for trunk in office.description["voice_trunks"]
            if trunk["region"]
        ],
        "described": {
            "ip_access_control_lists": [entry["friendly_name"] for entry in everything["ip_access_control_lists"]],
            "credential_lists": [entry["friendly_name"] for entry in everything["credential_lists"]],
            "addresses": [entry["friendly_name"] for entry in everything["addresses"]],
            "trunks": [entry["friendly_name"] for entry in everything["trunks"]],
            "phone_numbers": [entry["phone_number"] for entry in everything["phone_numbers"]],
        },
    }


def _options(offices: Sequence[Office]) -> Object:
    """Return the options of the module for some offices, without the dialling permissions."""
    lists: dict[str, Object] = {}
    credentials: dict[str, Object] = {}
    addresses: dict[str, Object] = {}
    trunks: list[Object] = []
    numbers: list[Object] = []
    for office in offices:
        purge = bool(office.description["voice_purge"])
        for entry in _access_lists(office):
            lists[entry["friendly_name"]] = {**entry, "purge_ip_addresses": purge}
        for entry in _credential_lists(office):
            credentials[entry["friendly_name"]] = {**entry, "purge_credentials": purge}
        for entry in office.description["voice_addresses"] or []:
            addresses[entry["name"]] = _address(entry)
        trunks += [_trunk(office, trunk) for trunk in office.description["voice_trunks"]]
        numbers += _numbers(office)
    return {
        "ip_access_control_lists": list(lists.values()),
        "credential_lists": list(credentials.values()),
        "addresses": list(addresses.values()),
        "trunks": trunks,
        "phone_numbers": numbers,
        "purge_phone_numbers": all(office.description["voice_purge"] for office in offices),
    }


def _spare(options: Object, neighbours: Sequence[Office]) -> None:
    """Purge what several offices share only if all of them want it."""
    cautious = _options([office for office in neighbours if not office.description["voice_purge"]])
    for kind, option in (("ip_access_control_lists", "purge_ip_addresses"), ("credential_lists", "purge_credentials")):
        spared = {entry["friendly_name"] for entry in cautious[kind]}
        for entry in options[kind]:
            entry[option] = entry[option] and entry["friendly_name"] not in spared


def _access_lists(office: Office) -> Iterator[Object]:
    allow_private = office.description["voice_allow_private_addresses"]
    for trunk in office.description["voice_trunks"]:
        if derives_access_list(trunk):
            yield {
                "friendly_name": trunk["name"],
                "ip_addresses": _own_addresses(office, trunk),
                "allow_private": allow_private,
            }
    for entry in office.description["voice_access_lists"] or []:
        yield {
            "friendly_name": entry["name"],
            "ip_addresses": [
                _given({"ip_address": address["address"]}, friendly_name=address["name"])
                for address in list_addresses(entry, "", [])
                if address is not None
            ],
            "allow_private": allow_private,
        }


def _own_addresses(office: Office, trunk: Mapping[str, Any]) -> list[Object]:
    addresses = trunk["authentication"]["addresses"]
    if addresses != "auto":
        return [{"ip_address": address, "friendly_name": address} for address in addresses]
    named: dict[str, list[str]] = {}
    for host in office.hosts:
        named.setdefault(host.public_address, []).append(host.name)
    return [
        {"ip_address": address, "friendly_name": ", ".join(hosts)[:_ADDRESS_NAME]} for address, hosts in named.items()
    ]


def _credential_lists(office: Office) -> Iterator[Object]:
    for entry in office.description["voice_credential_lists"] or []:
        yield {
            "friendly_name": entry["name"],
            "credentials": [
                _given({"username": credential["username"]}, password=credential["password"] or None)
                for credential in entry["credentials"]
            ],
            "update_password": entry["update_password"],
        }


def _address(entry: Mapping[str, Any]) -> Object:
    wanted = {key: entry[key] for key in ("customer_name", "street", "city", "postal_code")}
    return _given(
        {
            "friendly_name": entry["name"],
            **wanted,
            "address_region": entry["region"],
            "iso_country": entry["country"],
            "emergency_enabled": entry["emergency"],
        },
        street_secondary=entry["street_secondary"],
    )


def _trunk(office: Office, trunk: Mapping[str, Any]) -> Object:
    purge = bool(office.description["voice_purge"])
    authentication = trunk["authentication"]
    recovery, transfer = trunk["disaster_recovery"] or {}, trunk["transfer"] or {}
    own = [trunk["name"]] if derives_access_list(trunk) else []
    return _given(
        {
            "friendly_name": trunk["name"],
            "domain_name": trunk["domain_name"],
            "secure": trunk["transport"] == "tls",
            "recording": dict(trunk["recording"]),
            "origination_urls": _origination_urls(office, trunk),
            "purge_origination_urls": purge,
            "ip_access_control_lists": [*own, *authentication["access_lists"]],
            "purge_ip_access_control_lists": purge,
            "credential_lists": list(authentication["credentials"]),
            "purge_credential_lists": purge,
        },
        disaster_recovery_url=recovery.get("url"),
        disaster_recovery_method=recovery.get("method"),
        transfer_mode=transfer.get("mode"),
        transfer_caller_id=transfer.get("caller_id"),
        cnam_lookup_enabled=trunk["cnam_lookup"],
    )


def _origination_urls(office: Office, trunk: Mapping[str, Any]) -> list[Object]:
    if trunk["direction"] == "outbound":
        return []
    if trunk["origination"] == "auto":
        return [
            {
                "friendly_name": host.name[:_URL_NAME],
                "sip_url": sip_url(host, trunk["transport"]),
                "priority": 10 * place,
                "weight": 10,
                "enabled": True,
            }
            for place, host in enumerate(office.hosts, start=1)
        ]
    return [
        {**entry, "friendly_name": entry["friendly_name"] or entry["sip_url"][:_URL_NAME]}
        for entry in written_origination(trunk["origination"], "", [])
        if entry is not None
    ]


def _numbers(office: Office) -> Iterator[Object]:
    domains = {trunk["name"]: trunk["domain_name"] for trunk in office.description["voice_trunks"]}
    for entry in office.description["voice_numbers"]:
        yield _given(
            {
                "phone_number": to_e164(entry["number"], office.description["voice_country"]),
                # The domain is unique in all of Twilio, the name of a trunk is not even unique in an account.
                "trunk": domains[entry["trunk"]],
            },
            friendly_name=entry["name"],
            address=entry["address"],
            emergency_address=entry["emergency_address"],
        )


def _permissions(office: Office, neighbours: Sequence[Office]) -> Object | None:
    """Return the dialling permissions of an account; with `auto` those of all its offices count, whatever the limit."""
    wanted = office.description["voice_dialing_permissions"]
    if wanted is None:
        return None
    if wanted != "auto":
        return {**permissions(wanted), "purge": True}
    countries = {
        country
        for each in neighbours
        for country in (each.description["voice_country"], *each.description["voice_dialplan"]["countries"])
    }
    return {**{kind: [] for kind in PERMISSIONS}, "low_risk": sorted(countries), "purge": True}


def _given(always: Object, **rest: Any) -> Object:
    """Return ``always`` and those of ``rest`` that were set: what is left out is not touched."""
    return {**always, **{name: value for name, value in rest.items() if value is not None}}
