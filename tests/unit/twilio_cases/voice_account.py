# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_voice_account and twilio_voice_account_info."""

from __future__ import annotations

from typing import Any

from twilio_faulty import DOMAIN, Held, Scenario, addresses, do, urls
from twilio_network import NUMBERS, World

from twilio_cases.dialing_permissions import BRANCH, branch

MODULE = "twilio_voice_account"
PASSWORD = "Zebra-crossing-7"
STREET: dict[str, Any] = {
    "customer_name": "Acme Inc",
    "street": "100 Main Street",
    "city": "Springfield",
    "address_region": "IL",
    "postal_code": "62701",
    "iso_country": "US",
    "emergency_enabled": True,
}
PERMISSIONS: dict[str, Any] = {"low_risk": ["US", "CA"], "high_risk_special": [], "high_risk_tollfraud": []}
NEW: dict[str, Any] = {
    "ip_access_control_lists": [{"friendly_name": "hall", "ip_addresses": addresses(1)}],
    "credential_lists": [{"friendly_name": "desk", "credentials": [{"username": "pbx1", "password": PASSWORD}]}],
    "addresses": [{"friendly_name": "site", **STREET}],
    "trunks": [
        # The sub-domain first: the order in the description does not matter.
        {"friendly_name": "lab", "domain_name": f"lab.{DOMAIN}", "ip_access_control_lists": ["hall"]},
        {
            "friendly_name": "acme",
            "domain_name": DOMAIN,
            "recording": {"mode": "record-from-answer"},
            "ip_access_control_lists": ["hall"],
            "credential_lists": ["desk"],
            "origination_urls": urls("pbx1"),
        },
    ],
    "phone_numbers": [
        {"phone_number": NUMBERS[0], "trunk": "acme", "address": "site"},
        {"phone_number": NUMBERS[1], "trunk": "lab", "friendly_name": "lab"},
    ],
    "dialing_permissions": PERMISSIONS,
}
# Of every kind something is changed, something replaced and something removed.
MIXED: dict[str, Any] = {
    "ip_access_control_lists": [
        {"friendly_name": "hall", "state": "absent"},
        {"friendly_name": "hall-2", "ip_addresses": addresses(2)},
    ],
    "credential_lists": [
        {
            "friendly_name": "desk",
            "credentials": [
                {"username": "pbx1", "state": "absent"},
                {"username": "pbx2", "password": PASSWORD},
            ],
        },
    ],
    "addresses": [{"friendly_name": "site", "state": "absent"}],
    "trunks": [
        {"domain_name": f"lab.{DOMAIN}", "state": "absent"},
        {
            "domain_name": DOMAIN,
            "secure": True,
            "ip_access_control_lists": ["hall-2"],
            "purge_ip_access_control_lists": True,
            "origination_urls": urls("pbx2"),
            "purge_origination_urls": True,
        },
    ],
    "phone_numbers": [{"phone_number": NUMBERS[1], "trunk": "acme", "address": ""}],
    "purge_phone_numbers": True,
}
# A number has to leave the address before that can be deleted.
MIXED["phone_numbers"].append({"phone_number": NUMBERS[0], "trunk": "", "address": ""})

CHANGING: dict[str, list[dict[str, Any]]] = {
    MODULE: [
        NEW,
        {"trunks": [{"friendly_name": "hq", "state": "absent"}], "phone_numbers": []},
        {"trunks": [{"friendly_name": "hq"}], "phone_numbers": [], "purge_phone_numbers": True},
        {"dialing_permissions": {"low_risk": ["FR"], "purge": False}},
    ],
}
READING: dict[str, list[dict[str, Any]]] = {f"{MODULE}_info": [{}, {"include": ["trunks", "phone_numbers"]}]}


def made(world: World) -> None:
    do(world, MODULE, **{name: value for name, value in NEW.items() if name != "dialing_permissions"})


SCENARIOS = [
    Scenario("account create", MODULE, NEW),
    Scenario("account mixed update", MODULE, MIXED, made),
    Scenario(
        "account purge numbers",
        MODULE,
        {"trunks": [{"friendly_name": "acme"}], "phone_numbers": [], "purge_phone_numbers": True},
        made,
    ),
    Scenario(
        "account rename and replace",
        MODULE,
        {
            "ip_access_control_lists": [
                {
                    "sid": Held("AL", "hall"),
                    "friendly_name": "hall-2",
                    "ip_addresses": [{"ip_address": "203.0.113.1", "friendly_name": "renamed"}, *addresses(5)],
                },
                {"friendly_name": "other", "ip_addresses": addresses(90), "purge_ip_addresses": True},
            ],
            "credential_lists": [
                {"sid": Held("CL", "desk"), "friendly_name": "desk-2"},
                {"friendly_name": "mobiles", "credentials": [{"username": "pbx1", "password": PASSWORD}]},
            ],
            "addresses": [{"sid": Held("AD", "site"), "friendly_name": "site-2", "street": "7 Oak Avenue"}],
            "trunks": [
                {
                    "sid": Held("TK", "acme"),
                    "friendly_name": "acme-2",
                    "recording": {"trim": "trim-silence"},
                    "credential_lists": ["mobiles"],
                    "purge_credential_lists": True,
                    "origination_urls": urls("pbx1", priority=20),
                },
            ],
            "phone_numbers": [{"phone_number": NUMBERS[0], "emergency_address": "site-2", "trunk": "acme-2"}],
        },
        made,
    ),
    Scenario(
        "account remove everything",
        MODULE,
        {
            "ip_access_control_lists": [{"friendly_name": "hall", "state": "absent"}],
            "credential_lists": [{"friendly_name": "desk", "state": "absent"}],
            "addresses": [{"friendly_name": "site", "state": "absent"}],
            "trunks": [
                {"friendly_name": "acme", "state": "absent"},
                {"friendly_name": "lab", "state": "absent"},
            ],
            "phone_numbers": [
                {"phone_number": NUMBERS[0], "trunk": "", "address": ""},
                {"phone_number": NUMBERS[1], "state": "absent"},
            ],
            "dialing_permissions": {"low_risk": [], "high_risk_special": [], "high_risk_tollfraud": []},
        },
        made,
    ),
    Scenario(
        "account of a subaccount",
        MODULE,
        {
            **BRANCH,
            "ip_access_control_lists": [{"friendly_name": "hall", "ip_addresses": addresses(1)}],
            "dialing_permissions": {**PERMISSIONS, "inheritance": False},
        },
        branch,
    ),
    Scenario(
        "account passwords",
        MODULE,
        {
            "credential_lists": [
                {
                    "friendly_name": "desk",
                    "update_password": "always",
                    "credentials": [{"username": "pbx1", "password": "Another-0-word"}],
                },
            ],
        },
        made,
        repeats=True,
    ),
]
