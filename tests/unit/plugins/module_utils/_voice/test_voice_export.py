# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account, its description, and back: nothing changes, nothing is lost without a word, the bytes are the same."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio_network import ACCOUNT, TOKEN, World

from lab.emulator.seed import seed

NUMBERS = [f"+120255501{last:02}" for last in range(8)]
LISTS = "/2010-04-01/Accounts/{account}/SIP/IpAccessControlLists"
USERS = "/2010-04-01/Accounts/{account}/SIP/CredentialLists"

# Names as people give them, some of which the description cannot hold.
NAMES = st.one_of(
    st.sampled_from(
        ["acme-hq", "acme-hq", "NO", "Büro", "a: b", "- x", "two  spaces", "quote\"'", "{{ x }}", " edge "]
    ),
    st.text(
        st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=("C", "Z")), min_size=1, max_size=20
    ),
)
URLS = st.sampled_from(
    [
        "sip:203.0.113.10",
        "sip:203.0.113.10:5060",
        "sip:pbx.example.com;transport=tcp",
        "sip:pbx.example.com;transport=tls",
        "sip:198.51.100.7:5061;transport=tls",
        "sip:10.0.0.1",
    ]
)
NETWORKS = st.sampled_from(
    ["203.0.113.10/32", "203.0.113.0/28", "198.51.100.0/24", "192.0.2.9/32", "10.0.0.0/8", "203.0.113.8/29"]
)
ADDRESSES = st.fixed_dictionaries(
    {"name": st.one_of(NAMES, st.just("")), "customer": NAMES, "emergency": st.booleans(), "second": st.booleans()}
)
TRUNKS = st.fixed_dictionaries(
    {
        "name": st.one_of(NAMES, st.just("")),
        "domain": st.booleans(),
        "secure": st.booleans(),
        "cnam": st.booleans(),
        "transfer": st.sampled_from(["disable-all", "enable-all", "sip-only"]),
        "recovery": st.booleans(),
        "recording": st.sampled_from(["do-not-record", "record-from-answer-dual"]),
        "urls": st.lists(st.tuples(URLS, NAMES, st.integers(0, 65535), st.booleans()), max_size=3),
        "lists": st.sets(st.integers(0, 2), max_size=2),
        "users": st.booleans(),
        "numbers": st.integers(0, 3),
    }
)
HOLDINGS = st.fixed_dictionaries(
    {
        "lists": st.lists(st.tuples(NAMES, st.sets(NETWORKS, max_size=3)), max_size=3, unique_by=lambda each: each[0]),
        "users": st.lists(st.sampled_from(["pbx1", "pbx-1", "PBX_1", "x"]), max_size=3, unique=True),
        "addresses": st.lists(ADDRESSES, max_size=2),
        "trunks": st.lists(TRUNKS, max_size=3),
        "loose": st.integers(0, 1),
    }
)


def load(name: str) -> Any:
    module = importlib.import_module(f"ansible_collections.dialtone.voice.plugins.filter.{name}")
    return module.FilterModule().filters()[name]


def fill(world: World, holdings: dict[str, Any]) -> None:
    """Make an account by hand, as somebody would in the console."""
    lists = []
    for name, networks in holdings["lists"]:
        made = world.post(f"{LISTS}.json", FriendlyName=name)["sid"]
        lists.append(made)
        for place, network in enumerate(sorted(networks)):
            address, __, length = network.partition("/")
            world.post(
                f"{LISTS}/{made}/IpAddresses.json",
                FriendlyName=f"host {place}",
                IpAddress=address,
                CidrPrefixLength=length,
            )
    users = world.post(f"{USERS}.json", FriendlyName="office")["sid"]
    for username in holdings["users"]:
        world.post(f"{USERS}/{users}/Credentials.json", Username=username, Password="Correct-Horse-9")
    addresses = [_address(world, address) for address in holdings["addresses"]]
    free = list(NUMBERS)
    for place, trunk in enumerate(holdings["trunks"]):
        made = _trunk(world, place, trunk)
        for index in sorted(trunk["lists"]):
            if index < len(lists):
                world.post(f"/v1/Trunks/{made}/IpAccessControlLists", "trunking", IpAccessControlListSid=lists[index])
        if trunk["users"]:
            world.post(f"/v1/Trunks/{made}/CredentialLists", "trunking", CredentialListSid=users)
        for __ in range(min(trunk["numbers"], len(free) - 1)):
            _number(world, made, world.numbers[free.pop()], addresses)


def _address(world: World, address: dict[str, Any]) -> tuple[str, bool]:
    made = world.post(
        "/2010-04-01/Accounts/{account}/Addresses.json",
        FriendlyName=address["name"],
        CustomerName=address["customer"],
        Street="1 Main St",
        **({"StreetSecondary": "Floor 2"} if address["second"] else {}),
        City="Washington",
        Region="DC",
        PostalCode="20001",
        IsoCountry="US",
        EmergencyEnabled=str(address["emergency"]).lower(),
        AutoCorrectAddress="false",
    )
    return made["sid"], address["emergency"]


def _number(world: World, trunk: str, sid: str, addresses: list[tuple[str, bool]]) -> None:
    world.post(f"/v1/Trunks/{trunk}/PhoneNumbers", "trunking", PhoneNumberSid=sid)
    for address, emergency in addresses[:1]:
        form = {"AddressSid": address, **({"EmergencyAddressSid": address} if emergency else {})}
        world.post(f"/2010-04-01/Accounts/{{account}}/IncomingPhoneNumbers/{sid}.json", **form)


def _trunk(world: World, place: int, trunk: dict[str, Any]) -> str:
    made = world.post(
        "/v1/Trunks",
        "trunking",
        FriendlyName=trunk["name"],
        **({"DomainName": f"acme-{place}.pstn.twilio.com"} if trunk["domain"] else {}),
        Secure=str(trunk["secure"]).lower(),
        CnamLookupEnabled=str(trunk["cnam"]).lower(),
        TransferMode=trunk["transfer"],
        **(
            {"DisasterRecoveryUrl": "https://example.com/x", "DisasterRecoveryMethod": "GET"}
            if trunk["recovery"]
            else {}
        ),
    )["sid"]
    world.post(f"/v1/Trunks/{made}/Recording", "trunking", Mode=trunk["recording"])
    for url, name, priority, enabled in trunk["urls"]:
        world.post(
            f"/v1/Trunks/{made}/OriginationUrls",
            "trunking",
            SipUrl=url,
            FriendlyName=name,
            Priority=str(priority),
            Weight="10",
            Enabled=str(enabled).lower(),
        )
    return str(made)


def export(world: World) -> dict[str, Any]:
    account = world.run("twilio_voice_account_info")["account"]
    regions = world.run("twilio_trunk_region_info")["trunk_regions"]
    found: dict[str, Any] = load("account_description")(
        account, settings={"voice_twilio_account_sid": ACCOUNT}, regions=regions
    )
    return found


def variables(exported: dict[str, Any], **passwords: str) -> dict[str, Any]:
    """Return what Ansible would read from the files, with what a vault holds."""
    found: dict[str, Any] = {"name": "office-pbx1"}
    for file in exported["files"]:
        if file["path"].startswith("group_vars/"):
            text = re.sub(
                r"\{\{ (\w+) \| default\(''\) \}\}", lambda match: passwords.get(match[1], ""), file["content"]
            )
            found |= yaml.safe_load(text) or {}
    return found


def new_world() -> World:
    """Return an account with numbers and nothing else."""
    world = World()
    account = {"sid": ACCOUNT, "auth_token": TOKEN, "friendly_name": "Tests", "numbers": NUMBERS}
    world.numbers = seed(world.context, {"accounts": [account]})["accounts"][0]["numbers"]
    return world


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(HOLDINGS)
def test_an_exported_account_is_what_its_description_says(holdings: dict[str, Any]) -> None:
    world = new_world()
    fill(world, holdings)
    exported = export(world)
    assert export(world)["files"] == exported["files"]
    described = variables(exported)
    assert load("description_problems")([described]) == []
    (account,) = load("account_objects")([described])
    writes = world.writes()
    result = world.run("twilio_voice_account", check=True, **account["options"])
    assert not result.get("failed"), result.get("msg")
    assert result["changes"] == []
    # Nor is anything taken away when the description is made the truth, where it holds everything.
    if not exported["lost"]:
        (strict,) = load("account_objects")([{**described, "voice_purge": True}])
        assert world.run("twilio_voice_account", check=True, **strict["options"])["changes"] == []
    for entry in account["regions"]:
        assert not world.run(
            "twilio_trunk_region", check=True, trunk=entry["trunk"], voice_region=entry["voice_region"]
        )["changed"]
    assert world.writes() == writes
    # What is not described is named: either in the report, or as a number on no trunk.
    report = " ".join(exported["lost"])
    for kind, strangers in result["unmanaged"].items():
        for stranger in strangers:
            if kind == "phone_numbers":
                assert stranger["name"] in exported["numbers_without_trunk"] or stranger["name"] in report
            else:
                assert _named(kind, stranger, exported)


def _named(kind: str, stranger: dict[str, str], exported: dict[str, Any]) -> bool:
    words = {
        "ip_access_control_lists": "Access list",
        "credential_lists": "Credential list",
        "addresses": "Address",
        "trunks": "Trunk",
    }[kind]
    lines = [line for line in exported["lost"] if line.startswith(words)]
    # An object without a name goes by its domain or street, or is said to have none.
    return any(stranger["name"] in line for line in lines) or any("it has no name" in line for line in lines)


def sound(world: World) -> None:
    fill(
        world,
        {
            "lists": [("acme-hq", {"203.0.113.10/32", "198.51.100.0/24"})],
            "users": ["pbx1", "PBX-1", "pbx_1"],
            "addresses": [{"name": "hq", "customer": "Acme", "emergency": True, "second": True}],
            "trunks": [
                {
                    "name": "acme-hq", "domain": True, "secure": True, "cnam": True, "transfer": "sip-only",
                    "recovery": True, "recording": "record-from-answer-dual", "lists": {0}, "users": True, "numbers": 2,
                    "urls": [("sip:pbx.example.com;transport=tls", "pbx1", 10, True)],
                }
            ],
        },
    )  # fmt: skip


def test_everything_of_an_ordinary_account_is_described() -> None:
    world = new_world()
    sound(world)
    exported = export(world)
    described = exported["variables"]
    assert described["voice_trunks"] == [
        {
            "name": "acme-hq",
            "domain_name": "acme-0.pstn.twilio.com",
            "edges": ["ashburn", "umatilla"],
            "transport": "tls",
            "authentication": {"addresses": [], "access_lists": ["acme-hq"], "credentials": ["office"]},
            "origination": [
                {
                    "sip_url": "sip:pbx.example.com;transport=tls",
                    "friendly_name": "pbx1",
                    "priority": 10,
                    "weight": 10,
                    "enabled": True,
                }
            ],
            "recording": {"mode": "record-from-answer-dual", "trim": "do-not-trim"},
            "disaster_recovery": {"url": "https://example.com/x", "method": "GET"},
            "transfer": {"mode": "sip-only", "caller_id": "from-transferee"},
            "cnam_lookup": True,
            "region": "us1",
        }
    ]
    assert [entry["destination"] for entry in described["voice_numbers"]] == [{"unassigned": True}] * 2
    assert {entry["address"] for entry in described["voice_numbers"]} == {"hq"}
    assert described["voice_addresses"][0]["emergency"] is True
    assert described["voice_country"] == "US"
    assert exported["numbers_without_trunk"] == sorted(NUMBERS[:6])


def test_every_password_has_a_placeholder_of_its_own_and_none_is_set() -> None:
    world = new_world()
    sound(world)
    exported = export(world)
    assert set(exported["secrets"]) == {
        "vault_voice_office_pbx1",
        "vault_voice_office_pbx_1",
        "vault_voice_office_pbx_1_2",
    }
    (example,) = [file for file in exported["files"] if file["path"].endswith("secrets.example.yml")]
    assert example["mode"] == "0600"
    assert yaml.safe_load(example["content"]) is None
    for name in exported["secrets"]:
        assert f'# {name}: ""' in example["content"]
    assert {file["mode"] for file in exported["files"] if file is not example} == {"0640"}
    # A password that the vault does hold reaches the module.
    (account,) = load("account_objects")([variables(exported, vault_voice_office_pbx1="Other-Horse-77")])
    passwords = [entry.get("password") for entry in account["options"]["credential_lists"][0]["credentials"]]
    assert passwords.count("Other-Horse-77") == 1
    assert passwords.count(None) == 2


def test_what_the_api_does_not_tell_is_said_in_the_files() -> None:
    world = new_world()
    sound(world)
    text = "".join(file["content"] for file in export(world)["files"])
    for words in ("owner and purpose", "edges:", "calls per second", "symmetric RTP", "header manipulation"):
        assert words in text


@pytest.mark.parametrize(("region", "edges"), [("", ["ashburn", "umatilla"]), ("ie1", ["dublin", "frankfurt"])])
def test_edges_follow_from_the_region(region: str, edges: list[str]) -> None:
    world = new_world()
    sound(world)
    account = world.run("twilio_voice_account_info")["account"]
    exported = load("account_description")(account, settings={"voice_twilio_region": region})
    assert exported["variables"]["voice_trunks"][0]["edges"] == edges


def test_an_empty_account_is_an_office_without_trunks() -> None:
    exported = export(new_world())
    assert exported["variables"]["voice_trunks"] == []
    assert load("description_problems")([variables(exported)]) == []


def test_inherited_permissions_are_left_to_the_main_account() -> None:
    exported = load("account_description")({"dialing_permissions": {"inheritance": True}})
    assert "voice_dialing_permissions" not in exported["variables"]
    assert any("inherits" in line for line in exported["lost"])


def test_the_name_of_an_office_has_to_be_that_of_a_group() -> None:
    with pytest.raises(AnsibleFilterError, match="voice_export_office: 'New York' is not the name of a group"):
        load("account_description")({}, "New York")


TEMPLATE = "{{ lookup('pipe', 'id') }}"


def test_a_number_stays_on_its_trunk_whatever_it_is_called() -> None:
    """If it were left out of the description, purging would take it off the trunk."""
    world = new_world()
    sound(world)
    trunk = world.run("twilio_trunk_info")["trunks"][0]["sid"]
    for number, name in ((NUMBERS[6], TEMPLATE), (NUMBERS[7], " edge ")):
        world.post(
            f"/2010-04-01/Accounts/{{account}}/IncomingPhoneNumbers/{world.numbers[number]}.json",
            FriendlyName=name,
            TrunkSid=trunk,
        )
    exported = export(world)
    assert [entry["number"] for entry in exported["variables"]["voice_numbers"]] == NUMBERS[6:]
    assert not any("name" in entry for entry in exported["variables"]["voice_numbers"])
    lost = [line for line in exported["lost"] if ": its name: " in line]
    assert [line.partition(": ")[0] for line in lost] == [f"Number {number}" for number in NUMBERS[6:]]
    assert TEMPLATE in lost[0]
    (strict,) = load("account_objects")([{**variables(exported), "voice_purge": True}])
    assert world.run("twilio_voice_account", check=True, **strict["options"])["changes"] == []


def test_what_is_left_out_is_said_with_its_place_and_once() -> None:
    holdings: dict[str, Any] = {
        "lists": [],
        "users": [],
        "addresses": [],
        "trunks": [
            {
                "name": "1e3", "domain": True, "secure": False, "cnam": False, "transfer": "disable-all",
                "recovery": False, "recording": "do-not-record", "lists": set(), "users": True, "numbers": 2,
                "urls": [("sip:203.0.113.10", "pbx1", 10, True), ("sip:203.0.113.11", TEMPLATE, 20, True)],
            }
        ],
    }  # fmt: skip
    holdings["trunks"].append({**holdings["trunks"][0], "name": "", "urls": [], "numbers": 0})
    holdings["trunks"].append({**holdings["trunks"][0], "name": "bare", "domain": False, "urls": [], "numbers": 0})
    world = new_world()
    fill(world, holdings)
    exported = export(world)
    assert exported["variables"]["voice_trunks"] == exported["variables"]["voice_numbers"] == []
    long, nameless, bare = exported["lost"]
    assert bare.startswith("Trunk 'bare': it has no domain name: give it one in the account")
    assert long.startswith(f"Trunk '1e3': origination[1].friendly_name: '{TEMPLATE}' has '{{{{'")
    assert long.endswith(f"Left out with it: number {', '.join(NUMBERS[6:])}.")
    assert "it has no name: give each a name" in nameless
