# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the carrier is told follows from the description."""

from __future__ import annotations

import json

import pytest
from voice_offices import SECRETS, accounts, hosts, office, options_of, trunk, two_trunks

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description

CREDENTIALS = {"acme-hq-production": {"username": "office", "password": "x"}}


def test_what_the_carrier_is_told() -> None:
    assert accounts(hosts(office())) == [
        {
            "name": "the account of the environment",
            "label": "the account of the environment: pbx1, pbx2",
            "host": "pbx1",
            "hosts": ["pbx1", "pbx2"],
            "offices": [["pbx1", "pbx2"]],
            "regions": [],
            "described": {
                "ip_access_control_lists": ["acme-hq-production"],
                "credential_lists": [],
                "addresses": [],
                "trunks": ["acme-hq-production"],
                "phone_numbers": ["+12025550101", "+12025550102"],
            },
            "options": {
                "ip_access_control_lists": [
                    {
                        "friendly_name": "acme-hq-production",
                        "ip_addresses": [
                            {"ip_address": "203.0.113.10", "friendly_name": "pbx1"},
                            {"ip_address": "203.0.113.11", "friendly_name": "pbx2"},
                        ],
                        "allow_private": False,
                        "purge_ip_addresses": True,
                    }
                ],
                "credential_lists": [],
                "addresses": [],
                "trunks": [
                    {
                        "friendly_name": "acme-hq-production",
                        "domain_name": "acme-hq.pstn.twilio.com",
                        "secure": False,
                        "recording": {"mode": "do-not-record", "trim": "do-not-trim"},
                        "origination_urls": [
                            {
                                "friendly_name": "pbx1",
                                "sip_url": "sip:203.0.113.10:5060",
                                "priority": 10,
                                "weight": 10,
                                "enabled": True,
                            },
                            {
                                "friendly_name": "pbx2",
                                "sip_url": "sip:203.0.113.11:5060",
                                "priority": 20,
                                "weight": 10,
                                "enabled": True,
                            },
                        ],
                        "purge_origination_urls": True,
                        "ip_access_control_lists": ["acme-hq-production"],
                        "purge_ip_access_control_lists": True,
                        "credential_lists": [],
                        "purge_credential_lists": True,
                    }
                ],
                "phone_numbers": [
                    {"phone_number": "+12025550101", "trunk": "acme-hq.pstn.twilio.com"},
                    {"phone_number": "+12025550102", "trunk": "acme-hq.pstn.twilio.com"},
                ],
                "purge_phone_numbers": True,
            },
        }
    ]


def test_transport_decides_about_security_port_and_url() -> None:
    tls = options_of(trunk(transport="tls"), count=1)["trunks"][0]
    assert tls["secure"] is True
    assert tls["origination_urls"][0]["sip_url"] == "sip:203.0.113.10:5061;transport=tls"
    tcp = options_of(trunk(transport="tcp"), count=1)["trunks"][0]
    assert tcp["secure"] is False
    assert tcp["origination_urls"][0]["sip_url"] == "sip:203.0.113.10:5060;transport=tcp"
    variables = office()
    del variables["voice_trunks"][0]["transport"]
    assert options_of(variables)["trunks"][0]["secure"] is True


def test_what_is_written_out_is_taken_with_its_defaults() -> None:
    variables = trunk(
        authentication={"addresses": ["203.0.113.0/28"], "credentials": ["office"]},
        origination=[
            {"sip_url": "sip:a.example.com"},
            {
                "sip_url": "sip:b.example.com;transport=udp",
                "friendly_name": "b",
                "priority": 5,
                "weight": 7,
                "enabled": False,
            },
        ],
    )
    derived = options_of({**variables, "voice_trunk_credentials": CREDENTIALS})
    assert derived["ip_access_control_lists"][0]["ip_addresses"] == [
        {"ip_address": "203.0.113.0/28", "friendly_name": "203.0.113.0/28"}
    ]
    assert derived["trunks"][0]["credential_lists"] == ["office"]
    assert derived["trunks"][0]["origination_urls"] == [
        {
            "sip_url": "sip:a.example.com",
            "friendly_name": "sip:a.example.com",
            "priority": 10,
            "weight": 10,
            "enabled": True,
        },
        {
            "sip_url": "sip:b.example.com;transport=udp",
            "friendly_name": "b",
            "priority": 5,
            "weight": 7,
            "enabled": False,
        },
    ]


def test_a_trunk_with_credentials_alone_has_no_access_list() -> None:
    variables = trunk(authentication={"addresses": [], "credentials": ["office"]})
    derived = options_of({**variables, "voice_trunk_credentials": CREDENTIALS})
    assert derived["ip_access_control_lists"] == []
    assert derived["trunks"][0]["ip_access_control_lists"] == []


def test_numbers_go_to_their_own_trunk() -> None:
    variables = two_trunks()
    variables["voice_numbers"][1]["trunk"] = "other"
    assert [(entry["phone_number"], entry["trunk"]) for entry in options_of(variables)["phone_numbers"]] == [
        ("+12025550101", "acme-hq.pstn.twilio.com"),
        ("+12025550102", "other.pstn.twilio.com"),
    ]


def test_nothing_secret_is_derived() -> None:
    text = json.dumps(accounts(hosts(office(voice_twilio_auth_token="very-secret"))))
    for secret in (*SECRETS, "very-secret"):
        assert secret not in text


def test_a_wrong_description_derives_nothing() -> None:
    with pytest.raises(description.DescriptionError, match="voice_trunks: it is empty"):
        accounts(hosts(office(voice_trunks=[])))


def test_purging_can_be_switched_off() -> None:
    derived = options_of(office(voice_purge="false"))
    purges = {
        name: value for entry in (*derived["trunks"], *derived["ip_access_control_lists"])
        for name, value in entry.items() if name.startswith("purge_")
    }  # fmt: skip
    assert set(purges) == {
        "purge_origination_urls", "purge_ip_access_control_lists", "purge_credential_lists",
        "purge_ip_addresses",
    }  # fmt: skip
    assert not any(purges.values())
    assert derived["purge_phone_numbers"] is False
