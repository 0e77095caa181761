# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an account to the description of it: the way back of ``account.py``. Private to the collection.

What comes out passes the checks of the description. What would not is left out and reported: the checks themselves say
what that is, so that the two cannot drift apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import description
from .numbers import countries_of, is_e164
from .schema import Options

#: Public edges by processing region, nearest first (https://www.twilio.com/docs/global-infrastructure/edge-locations).
EDGES = {"us1": ["ashburn", "umatilla"], "ie1": ["dublin", "frankfurt"], "au1": ["sydney", "singapore"]}
PLACEHOLDER = "unassigned"
#: What the description has no word for: fields of a number that mean something when they are set.
_OTHER_NUMBER_FIELDS = (
    "voice_application_sid", "voice_url", "voice_fallback_url", "sms_application_sid", "sms_url", "sms_fallback_url",
    "status_callback", "bundle_sid", "identity_sid",
)  # fmt: skip
_ADDRESS_SID = re.compile("AD[0-9a-f]{32}")
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")
_PLACE = re.compile(r"(?P<variable>voice_[a-z_]+)(?:\[(?P<place>[0-9]+)\](?:\.(?P<key>[a-z_]+))?)?")

Object = dict[str, Any]


@dataclass
class Exported:
    """A description of an account.

    Attributes:
        variables: the ``voice_*`` variables.
        secrets: names of the variables that have to hold a password, with whose it is.
        lost: what the description cannot hold, a sentence each.
        numbers_without_trunk: numbers of the account that are on no trunk; they are nobody's loss, but somebody's bill.
    """

    variables: Object
    secrets: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    numbers_without_trunk: list[str] = field(default_factory=list)


def describe(
    account: Mapping[str, Any],
    options: Options,
    *,
    region: str = "",
    country: str = "",
    regions: Sequence[Mapping[str, Any]] = (),
) -> Exported:
    """Return the description of an account.

    Args:
        account: as the module twilio_voice_account_info returns it.
        options: the options of the role ``voice_description``.
        region: region whose trunks these are; empty for us1.
        country: ISO code for ``voice_country``; empty for the one of most numbers.
        regions: ``domain_name`` and ``voice_region`` of trunks, as twilio_trunk_region_info returns them.
    """
    found = Exported({})
    lists = [_access_list(entry) for entry in _records(account, "ip_access_control_lists")]
    addresses = [_address(entry) for entry in _records(account, "addresses")]
    credentials = [_credential_list(entry) for entry in _records(account, "credential_lists")]
    processed = {str(entry["domain_name"]): str(entry["voice_region"]) for entry in regions}
    edges = EDGES.get(region or "us1", EDGES["us1"])
    trunks = [_trunk(entry, edges, processed) for entry in _records(account, "trunks")]
    numbers = _numbers(account, trunks, found)
    permissions = account.get("dialing_permissions") or {}
    found.variables = {
        "voice_country": country or _country(numbers, addresses),
        "voice_access_lists": _sorted(lists, "name"),
        "voice_credential_lists": _sorted(credentials, "name"),
        "voice_addresses": _sorted(addresses, "name"),
        "voice_trunks": _sorted(trunks, "name"),
        "voice_numbers": _sorted(numbers, "number"),
    }
    if permissions.get("inheritance"):
        found.lost.append(
            "Dialling permissions: the subaccount inherits those of its main account, so they are managed there."
        )
    elif permissions:
        found.variables["voice_dialing_permissions"] = {
            risk: sorted(permissions.get(risk) or [])
            for risk in ("low_risk", "high_risk_special", "high_risk_tollfraud")
        }
    found.variables |= {"voice_extensions": [], "voice_dialplan": {}, "voice_ground": [], "voice_purge": False}
    _leave_out_nameless(found)
    _leave_out_templates(found)
    _leave_out_problems(found, options)
    found.secrets = _secrets(found.variables["voice_credential_lists"])
    found.lost.sort()
    return found


def _records(account: Mapping[str, Any], kind: str) -> Sequence[Mapping[str, Any]]:
    records: Sequence[Mapping[str, Any]] = account.get(kind) or []
    return records


def _sorted(entries: Sequence[Object], key: str) -> list[Object]:
    return sorted(entries, key=lambda entry: (str(entry[key]), repr(entry)))


def _plain(network: str) -> str:
    return network[: -len("/32")] if network.endswith("/32") else network


def _access_list(entry: Mapping[str, Any]) -> Object:
    addresses = [
        {"address": _plain(each["ip_address"]), **({"name": each["friendly_name"]} if each["friendly_name"] else {})}
        for each in entry.get("ip_addresses") or []
    ]
    return {"name": entry["friendly_name"], "addresses": _sorted(addresses, "address")}


def _credential_list(entry: Mapping[str, Any]) -> Object:
    users = sorted(each["username"] for each in entry.get("credentials") or [])
    return {"name": entry["friendly_name"], "credentials": [{"username": user} for user in users]}


def _address(entry: Mapping[str, Any]) -> Object:
    return {
        "name": entry["friendly_name"],
        "customer_name": entry["customer_name"],
        "street": entry["street"],
        **({"street_secondary": entry["street_secondary"]} if entry.get("street_secondary") else {}),
        "city": entry["city"],
        "region": entry["address_region"],
        "postal_code": entry["postal_code"],
        "country": entry["iso_country"],
        "emergency": bool(entry["emergency_enabled"]),
    }


def _names(members: Any) -> list[str]:
    return sorted(each if isinstance(each, str) else str(each["friendly_name"]) for each in members or [])


def _trunk(entry: Mapping[str, Any], edges: Sequence[str], regions: Mapping[str, str]) -> Object:
    urls = sorted(entry.get("origination_urls") or [], key=lambda url: (url["priority"], str(url["friendly_name"])))
    lists, credentials = _names(entry.get("ip_access_control_lists")), _names(entry.get("credential_lists"))
    recording = entry.get("recording") or {}
    trunk: Object = {
        "name": entry["friendly_name"],
        "domain_name": entry["domain_name"],
        "edges": list(edges),
        "transport": "tls" if entry["secure"] else _transport(urls),
    }
    direction = "both" if urls and (lists or credentials) else "inbound" if urls else "outbound"
    if direction != "both":
        trunk["direction"] = direction
    if direction != "inbound":
        trunk["authentication"] = {"addresses": [], "access_lists": lists, "credentials": credentials}
    if direction != "outbound":
        keys = ("sip_url", "friendly_name", "priority", "weight", "enabled")
        trunk["origination"] = [{key: url[key] for key in keys} for url in urls]
    if recording:
        trunk["recording"] = {key: recording[key] for key in ("mode", "trim") if recording.get(key)}
    recovery = {"url": entry.get("disaster_recovery_url"), "method": entry.get("disaster_recovery_method")}
    if any(recovery.values()):
        trunk["disaster_recovery"] = {key: value for key, value in recovery.items() if value}
    transfer = {"mode": entry.get("transfer_mode"), "caller_id": entry.get("transfer_caller_id")}
    if any(transfer.values()):
        trunk["transfer"] = {key: value for key, value in transfer.items() if value}
    if entry.get("cnam_lookup_enabled") is not None:
        trunk["cnam_lookup"] = bool(entry["cnam_lookup_enabled"])
    if entry["domain_name"] in regions:
        trunk["region"] = regions[entry["domain_name"]]
    return trunk


def _transport(urls: Sequence[Mapping[str, Any]]) -> str:
    """Return the transport of the first URL; if another differs, or is TLS without security, the checks say so."""
    return "tcp" if urls and ";transport=tcp" in str(urls[0]["sip_url"]).lower() else "udp"


def _numbers(account: Mapping[str, Any], trunks: Sequence[Object], found: Exported) -> list[Object]:
    by_reference: dict[str, Object] = {}
    for record, trunk in zip(_records(account, "trunks"), trunks):
        for key in ("domain_name", "sid", "friendly_name"):
            if record.get(key):
                by_reference.setdefault(record[key], trunk)
    numbers = []
    for entry in _records(account, "phone_numbers"):
        number = entry["phone_number"]
        reference = entry.get("trunk")
        if not reference:
            found.numbers_without_trunk.append(number)
            continue
        if reference not in by_reference:
            found.lost.append(
                f"Number {number}: its trunk {reference} is not among the trunks of the account and region."
            )
            continue
        others = [name for name in _OTHER_NUMBER_FIELDS if entry.get(name)]
        if others:
            found.lost.append(
                f"Number {number}: the description does not hold its {', '.join(others)}; they stay as they are."
            )
        addresses = {key: entry[key] for key in ("address", "emergency_address") if entry.get(key)}
        for key in [key for key, name in addresses.items() if _ADDRESS_SID.fullmatch(name)]:
            sid = addresses.pop(key)
            found.lost.append(f"Number {number}: its {key} {sid} has no name; it stays as it is.")
        if "emergency_address" not in entry:
            found.lost.append(f"Number {number}: its emergency address is just being registered; it stays as it is.")
        numbers.append(
            {
                "number": number,
                "trunk": by_reference[reference]["name"],
                **({"name": entry["friendly_name"]} if entry.get("friendly_name") else {}),
                "owner": PLACEHOLDER,
                "purpose": PLACEHOLDER,
                "destination": {"unassigned": True},
                **addresses,
            }
        )
    found.numbers_without_trunk.sort()
    return numbers


def _country(numbers: Sequence[Object], addresses: Sequence[Object]) -> str:
    counted = Counter(
        countries_of(entry["number"])[0]
        for entry in numbers
        if is_e164(entry["number"]) and countries_of(entry["number"])
    )
    counted.update(entry["country"] for entry in addresses if not counted)
    return min(counted, key=lambda code: (-counted[code], code)) if counted else "US"


def _what(variable: str, entry: Mapping[str, Any]) -> str:
    kind = {
        "voice_access_lists": "Access list",
        "voice_credential_lists": "Credential list",
        "voice_addresses": "Address",
        "voice_trunks": "Trunk",
        "voice_numbers": "Number",
    }[variable]
    if variable == "voice_numbers":
        return f"{kind} {entry['number']}"
    name = entry.get("name") or entry.get("domain_name") or entry.get("street")
    return f"{kind} '{name}'" if name else f"{kind} without a name"


def _leave_out_nameless(found: Exported) -> None:
    """Leave out what has no name of its own: the description calls everything by its name."""
    for variable in ("voice_access_lists", "voice_credential_lists", "voice_addresses", "voice_trunks"):
        counted = Counter(entry["name"] for entry in found.variables[variable])
        for entry in [entry for entry in found.variables[variable] if counted[entry["name"]] > 1 or not entry["name"]]:
            many = f"{counted[entry['name']]} have this name" if entry["name"] else "it has no name"
            _drop(found, variable, entry, f"{many}: give each a name of its own in the account.")
    for trunk in [entry for entry in found.variables["voice_trunks"] if not entry["domain_name"]]:
        reason = "it has no domain name: give it one in the account, such as acme-hq.pstn.twilio.com."
        _drop(found, "voice_trunks", trunk, reason)


def _leave_out_templates(found: Exported) -> None:
    """Leave out what Ansible would take for a template."""
    for variable in [name for name, entries in found.variables.items() if isinstance(entries, list)]:
        # Numbers that went with their trunk are no longer among them.
        for entry in found.variables[variable]:
            for place, text in _templates(entry):
                reason = f"{place}: '{text}' has '{{{{', '{{%' or '{{#', which Ansible takes for a template: "
                if not _keep_without(found, variable, entry, place, f"{reason}change it in the account."):
                    _drop(found, variable, entry, f"{reason}change it in the account.")
                    break


def _templates(value: Any, place: str = "") -> list[tuple[str, str]]:
    """Return where templates are in a value, and what is there."""
    if isinstance(value, Mapping):
        return [each for key in value for each in _templates(value[key], f"{place}.{key}".lstrip("."))]
    if isinstance(value, list):
        return [each for index, entry in enumerate(value) for each in _templates(entry, f"{place}[{index}]")]
    return [(place, value)] if isinstance(value, str) and _TEMPLATE.search(value) else []


def _keep_without(found: Exported, variable: str, entry: Object, key: str, reason: str) -> bool:
    """Say whether a number could be kept by leaving out one thing of it, and do so.

    A number that is not described is taken off its trunk as soon as purging is on, so none is left out for its name.
    """
    if variable != "voice_numbers" or key not in ("name", "address", "emergency_address"):
        return False
    if entry.pop(key, None) is not None:
        found.lost.append(f"Number {entry['number']}: its {reason} It stays as it is in the account.")
    return True


def _leave_out_problems(found: Exported, options: Options) -> None:
    """Leave out what the checks of the description refuse, until they refuse nothing more."""
    while problems := description.problems([{"name": "placeholder", **found.variables}], options):
        # Entries are remembered before any is dropped, since the places in the sentences are those of now.
        refused: dict[int, tuple[str, Object, str, str]] = {}
        for problem in problems:
            match = _PLACE.match(problem)
            variable = match["variable"] if match else ""
            entries = found.variables.get(variable)
            if match is None or entries is None:
                raise description.DescriptionError(f"The account cannot be described: {problem}")
            if match["place"] is None or not isinstance(entries, list):
                if found.variables.pop(variable, None) is not None:
                    found.lost.append(f"{variable}: {problem.partition(': ')[2]} It is left out, and so not managed.")
                break
            entry = entries[int(match["place"])]
            reason = problem[match.end("place") + 1 :].lstrip(".")
            refused.setdefault(id(entry), (variable, entry, match["key"] or "", reason))
        for variable, entry, key, reason in refused.values():
            there = any(each is entry for each in found.variables[variable])
            if there and not _keep_without(found, variable, entry, key, reason):
                _drop(found, variable, entry, reason)


def _drop(found: Exported, variable: str, entry: Object, reason: str) -> None:
    found.variables[variable] = [each for each in found.variables[variable] if each is not entry]
    sentence = f"{_what(variable, entry)}: {reason.strip()}"
    if variable == "voice_trunks":
        numbers = [each["number"] for each in found.variables["voice_numbers"] if each["trunk"] == entry["name"]]
        found.variables["voice_numbers"] = [
            each for each in found.variables["voice_numbers"] if each["trunk"] != entry["name"]
        ]
        if numbers:
            sentence += f" Left out with it: number {', '.join(sorted(numbers))}."
    found.lost.append(sentence)


def _secrets(credential_lists: Sequence[Object]) -> dict[str, str]:
    """Give each user a variable for the password, and return whose each is."""
    secrets: dict[str, str] = {}
    for entry in credential_lists:
        for credential in entry["credentials"]:
            base = "vault_voice_" + re.sub(
                "[^a-z0-9]+", "_", f"{entry['name']}_{credential['username']}".lower()
            ).strip("_")
            name, count = base, 1
            while name in secrets:
                count += 1
                name = f"{base}_{count}"
            secrets[name] = f"user {credential['username']} of credential list {entry['name']}"
            credential["password"] = f"{{{{ {name} | default('') }}}}"
    return secrets
