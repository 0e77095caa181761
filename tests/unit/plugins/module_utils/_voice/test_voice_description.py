# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole description: contradictions are found, all at once, and what the carrier is told follows from it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description, trunk_checks

ROOT = Path(__file__).resolve().parents[5]
SPEC = yaml.safe_load((ROOT / "roles/voice_description/meta/argument_specs.yml").read_text(encoding="utf-8"))
OPTIONS = SPEC["argument_specs"]["main"]["options"]
SECRETS = ("kJ8_xq2Lw0TzPf5mQa9R", "uY7-Zs4Nc1VbRd6oWe3T")

OFFICE: dict[str, Any] = {
    "voice_country": "US",
    "voice_trunks": [
        {
            "name": "acme-hq-production",
            "domain_name": "acme-hq.pstn.twilio.com",
            "edges": ["ashburn", "umatilla"],
            "transport": "udp",
            "authentication": {"addresses": "auto"},
            "origination": "auto",
        }
    ],
    "voice_numbers": [
        {
            "number": "+12025550101",
            "trunk": "acme-hq-production",
            "owner": "Sales",
            "purpose": "main line",
            "destination": {"extension": "101"},
        },
        {
            "number": "(202) 555-0102",
            "trunk": "acme-hq-production",
            "owner": "Support",
            "purpose": "help desk",
            "destination": {"extension": "102"},
        },
    ],
    "voice_extensions": [
        {"extension": "101", "name": "Reception", "secret": SECRETS[0], "caller_id": "202-555-0101"},
        {"extension": "102", "secret": SECRETS[1]},
    ],
    "voice_dialplan": {"allow": ["national", "international"], "countries": ["CA"]},
}
ADDRESSES = ("203.0.113.10", "203.0.113.11")


def office(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(OFFICE), **changes}


def hosts(variables: dict[str, Any], count: int = 2, **extra: Any) -> list[dict[str, Any]]:
    return [
        {"name": f"pbx{place + 1}", "voice_public_address": ADDRESSES[place], **copy.deepcopy(variables), **extra}
        for place in range(count)
    ]


def problems(variables: dict[str, Any], **extra: Any) -> list[str]:
    return description.problems(hosts(variables, **extra), OPTIONS)


def trunk(**changes: Any) -> dict[str, Any]:
    variables = office()
    variables["voice_trunks"][0].update(changes)
    return variables


def number(**changes: Any) -> dict[str, Any]:
    variables = office()
    variables["voice_numbers"][0].update(changes)
    return variables


def extension(**changes: Any) -> dict[str, Any]:
    variables = office()
    variables["voice_extensions"][0].update(changes)
    return variables


def test_a_sound_description_has_no_problems() -> None:
    assert problems(office()) == []


def two_trunks(**changes: Any) -> dict[str, Any]:
    variables = office()
    second = {**variables["voice_trunks"][0], "name": "other", "domain_name": "other.pstn.twilio.com", **changes}
    variables["voice_trunks"].append(second)
    return variables


CASES: list[tuple[dict[str, Any], str, str]] = [
    # Trunks
    (office(voice_trunks=[]), "voice_trunks: it is empty", "describe at least one trunk"),
    (trunk(edges=["ashbrun"]), "voice_trunks[0].edges[0]: 'ashbrun' is not an edge", "did you mean 'ashburn'"),
    (trunk(edges=[]), "voice_trunks[0].edges: it is empty", "name at least one, such as [ashburn, umatilla]"),
    (trunk(edges=["dublin", "dublin"]), "voice_trunks[0].edges[1]: 'dublin' is there twice", "remove one"),
    (trunk(domain_name="acme.example.com"), "voice_trunks[0].domain_name: 'acme.example.com'", ".pstn.twilio.com"),
    (trunk(name=""), "voice_trunks[0].name: ''", "use 1 to 64 characters"),
    (trunk(name=" x"), "voice_trunks[0].name: ' x'", "without spaces at the ends"),
    (trunk(transport="upd"), "voice_trunks[0].transport: 'upd' cannot be chosen", "did you mean 'udp'"),
    (trunk(colour="red"), "voice_trunks[0].colour: no such option", "Known are name, domain_name"),
    (trunk(recording={"mode": "record"}), "voice_trunks[0].recording.mode: 'record'", "Known are do-not-record"),
    (two_trunks(name="acme-hq-production"), "voice_trunks[1].name: 'acme-hq-production' is the name of", "its own"),
    (
        two_trunks(domain_name="acme-hq.pstn.twilio.com"),
        "voice_trunks[1].domain_name: 'acme-hq.pstn.twilio.com' is the domain name of voice_trunks[0]",
        "give each trunk its own",
    ),
    # Authentication
    (trunk(authentication={"addresses": []}), "voice_trunks[0].authentication: neither", "set addresses to auto"),
    (trunk(authentication={"addresses": "any"}), "addresses: 'any' is neither auto nor a list", "[203.0.113.10]"),
    (trunk(authentication={"addresses": 5}), "addresses: '5' is neither auto nor a list", "write auto"),
    (
        trunk(authentication={"addresses": ["10.0.0.1"]}),
        "addresses[0]: '10.0.0.1' is private",
        "write public addresses",
    ),
    (trunk(authentication={"addresses": ["100.64.0.0/16"]}), "addresses[0]: '100.64.0.0/16' is shared", "public"),
    (trunk(authentication={"addresses": ["128.0.0.0/1"]}), "addresses[0]: '128.0.0.0/1' is", "public addresses"),
    (trunk(authentication={"addresses": ["0.0.0.0/0"]}), "'0.0.0.0/0' lets in the whole Internet", "the PBXs"),
    (trunk(authentication={"addresses": ["2001:db8::1"]}), "'2001:db8::1' is not an IPv4 address", "203.0.113.10"),
    (trunk(authentication={"addresses": ["203.0.113.300"]}), "'203.0.113.300' is not an IPv4", "up to 255"),
    (trunk(authentication={"addresses": ["pbx.example.com"]}), "'pbx.example.com' is not an IPv4", "203.0.113.10"),
    (trunk(authentication={"addresses": [None]}), "addresses[0]: 'None' is not an IPv4", "203.0.113.10"),
    (
        trunk(authentication={"addresses": ["203.0.113.9/24"]}),
        "'203.0.113.9/24' is an address inside",
        "203.0.113.0/24",
    ),
    (
        trunk(authentication={"addresses": ["203.0.113.0/24", "203.0.113.7"]}),
        "addresses[1]: '203.0.113.7' overlaps '203.0.113.0/24'",
        "remove one",
    ),
    (
        trunk(authentication={"addresses": [f"203.0.113.{last}" for last in range(101)]}),
        "addresses: 101 entries, Twilio takes 100",
        "join neighbours",
    ),
    (trunk(authentication={"credentials": ["a", "a"]}), "credentials[1]: 'a' is there twice", "remove one"),
    (trunk(authentication={"credentials": ["x" * 65]}), "credentials[0]: 'xxx", "use 1 to 64 characters"),
    (trunk(authentication={"credential": []}), "authentication.credential: no such option", "'credentials'"),
    # Origination
    (trunk(origination="none"), "origination: 'none' is neither auto nor a list", "write auto"),
    (trunk(origination=[]), "origination: it is empty", "write auto or list at least one URL"),
    (trunk(origination=[{}]), "origination[0].sip_url: it is missing", "set it"),
    (trunk(origination=["sip:x"]), "origination[0]: it is not a dictionary", "write OPTION: VALUE"),
    (trunk(origination=[{"sip_url": "sip:a", "prio": 1}]), "origination[0].prio: no such option", "'priority'"),
    (trunk(origination=[{"sip_url": "pbx.example.com"}]), "'pbx.example.com' is not a SIP URL", "sip:"),
    (trunk(origination=[{"sip_url": "sip:a:0"}]), "'sip:a:0' is not a SIP URL", "sip:"),
    (trunk(origination=[{"sip_url": "sip:a:99999"}]), "'sip:a:99999' is not a SIP URL", "sip:"),
    (trunk(origination=[{"sip_url": "sips:a"}]), "'sips:a' is a sips: URL", "transport=tls"),
    (trunk(origination=[{"sip_url": "sip:10.0.0.1"}]), "sip_url: '10.0.0.1' is private", "public"),
    (trunk(origination=[{"sip_url": "sip:a", "priority": 65536}]), "priority: 65536 is outside 0 to 65535", "within"),
    (trunk(origination=[{"sip_url": "sip:a", "weight": 0}]), "weight: 0 is outside 1 to 65535", "within"),
    (trunk(origination=[{"sip_url": "sip:a", "friendly_name": "x" * 65}]), "friendly_name: 'xxx", "1 to 64"),
    (trunk(origination=[{"sip_url": "sip:a"}, {"sip_url": "sip:a"}]), "origination[1].sip_url: 'sip:a' is", "remove"),
    (
        trunk(origination=[{"sip_url": f"sip:p{i}"} for i in range(11)]),
        "origination: 11 URLs, Twilio takes 10",
        "remove",
    ),
    (
        trunk(origination=[{"sip_url": "sip:a;transport=tls"}]),
        "'sip:a;transport=tls' means transport tls, but the trunk's transport is udp",
        "write no transport in the URL",
    ),
    (
        trunk(transport="tls", origination=[{"sip_url": "sip:a:5060"}]),
        "'sip:a:5060' means transport udp, but the trunk's transport is tls",
        "write ;transport=tls in the URL",
    ),
    # Numbers
    (number(number="sales"), "voice_numbers[0].number: 'sales' is not a telephone number", "write digits"),
    (number(number=12025550101), "voice_numbers[0].number: '12025550101' is not text", "write it in quotes"),
    (number(number="+120255501"), "voice_numbers[0].number: '+120255501' is too short", "a digit is missing"),
    (number(number="555-0101"), "voice_numbers[0].number: '555-0101' is a local number", "area code"),
    (number(number="12025550102"), "voice_numbers[1].number: '(202) 555-0102' is voice_numbers[0] too", "remove one"),
    (number(trunk="nowhere"), "voice_numbers[0].trunk: 'nowhere' is not a trunk", "has acme-hq-production"),
    (number(owner="  "), "voice_numbers[0].owner: it is empty", "write it"),
    (number(purpose=None), "voice_numbers[0].purpose: it is missing", "set it"),
    (number(destination={"extension": "999"}), "destination.extension: '999' is not an extension", "has 101, 102"),
    (number(destination={"queue": "x"}), "voice_numbers[0].destination.queue: no such option", "extension"),
    (number(destination="101"), "voice_numbers[0].destination: it is not a dictionary", "OPTION: VALUE"),
    # Extensions
    (extension(extension=101), "voice_extensions[0].extension: '101' is not text", "in quotes"),
    (extension(extension="1"), "voice_extensions[0].extension: '1' is not an extension", "2 to 8 digits"),
    (extension(extension="10x"), "voice_extensions[0].extension: '10x' is not an extension", "2 to 8 digits"),
    (extension(extension="911"), "'911' is an emergency number in US", "choose another extension"),
    (extension(extension="102"), "voice_extensions[1].extension: '102' is voice_extensions[0] too", "remove one"),
    (extension(secret="hunter2"), "voice_extensions[0].secret: it is shorter than 12", "openssl rand"),
    (extension(secret="password-password"), "voice_extensions[0].secret: it can be guessed", "openssl rand"),
    (extension(secret=123456789012), "voice_extensions[0].secret: the value is not text", "in quotes"),
    (extension(secret=None), "voice_extensions[0].secret: it is missing", "set it"),
    (extension(secret=SECRETS[1]), "voice_extensions[1].secret: voice_extensions[0] has the same", "for each"),
    (extension(caller_id="+12025550177"), "caller_id: '+12025550177' is not in voice_numbers", "add it there"),
    (extension(caller_id="x"), "voice_extensions[0].caller_id: 'x' is not a telephone number", "write digits"),
    # Dial plan, country, networks
    (office(voice_country="UK"), "voice_country: 'UK' is not a country code", "'GB'"),
    (office(voice_country=None), "voice_country: it is missing", "set it"),
    (office(voice_dialplan={"allow": ["natoinal"]}), "voice_dialplan.allow[0]: 'natoinal'", "did you mean 'national'"),
    (office(voice_dialplan={"allow": ["international"]}), "voice_dialplan.countries: it is empty", "[CA, GB]"),
    (office(voice_dialplan={"countries": ["CA"]}), "voice_dialplan.countries: it lists CA", "'international'"),
    (
        office(voice_dialplan={"allow": ["international"], "countries": ["US"]}),
        "countries[0]: 'US' is voice_country itself",
        "allow the class 'national'",
    ),
    (office(voice_dialplan=None), "voice_dialplan: it is missing", "set it"),
    (office(voice_carrier_networks={"media": ["x"]}), "voice_carrier_networks.media: 'x' is not", "192.0.2.0/24"),
    (office(voice_trunk=[]), "voice_trunk of pbx1: no such variable", "did you mean 'voice_trunks'"),
]


@pytest.mark.parametrize(("variables", "what", "remedy"), CASES, ids=[what for _variables, what, _remedy in CASES])
def test_a_problem_names_path_value_and_remedy(variables: dict[str, Any], what: str, remedy: str) -> None:
    found = problems(variables)
    assert any(what in problem and remedy in problem for problem in found), found
    assert all(problem.endswith((".", "?")) for problem in found)
    for secret in (*SECRETS, "hunter2", "password-password", "123456789012"):
        assert secret not in json.dumps(found)


def test_all_problems_at_once_and_none_twice() -> None:
    variables = office(voice_country="UK", voice_trunk=1)
    variables["voice_trunks"][0].update(edges=["x", "y"], domain_name="z")
    variables["voice_numbers"][0].update(number="n", trunk="t")
    variables["voice_extensions"][0].update(secret="short")
    found = problems(variables)
    assert len(found) == len(set(found))
    paths = [problem.split(":", maxsplit=1)[0] for problem in found]
    for path in (
        "voice_country",
        "voice_trunks[0].edges[0]",
        "voice_trunks[0].edges[1]",
        "voice_trunks[0].domain_name",
        "voice_numbers[0].number",
        "voice_numbers[0].trunk",
        "voice_extensions[0].secret",
        "voice_trunk of pbx1",
    ):
        assert path in paths


def test_nothing_at_all_is_a_list_of_what_is_missing_not_a_crash() -> None:
    found = description.problems([{"name": "pbx1"}], OPTIONS)
    missing = {problem.split(":", maxsplit=1)[0] for problem in found if "it is missing" in problem}
    assert missing == {"voice_country", "voice_trunks", "voice_numbers", "voice_extensions", "voice_dialplan"}


def test_garbage_in_every_variable_is_reported_not_a_crash() -> None:
    for garbage in ("x", 5, [5], {"a": 1}, True, [None], [{}], [[]]):
        for name in OPTIONS:
            assert isinstance(problems(office(**{name: garbage})), list)
        for key in ("name", "domain_name", "edges", "transport", "authentication", "origination", "recording"):
            assert isinstance(problems(trunk(**{key: garbage})), list)


def test_no_host_is_a_problem() -> None:
    assert description.problems([], OPTIONS) == ["The group voice_pbx has no host: put the PBXs of the office into it."]


def test_public_addresses_are_needed_where_they_are_derived() -> None:
    entries = hosts(office())
    del entries[1]["voice_public_address"]
    found = description.problems(entries, OPTIONS)
    assert [problem.split(":", maxsplit=1)[0] for problem in found] == [
        "voice_trunks[0].authentication.addresses",
        "voice_trunks[0].origination",
    ]
    assert all("pbx2 has no voice_public_address: set it for the host" in problem for problem in found)


def test_public_addresses_are_not_needed_where_everything_is_written_out() -> None:
    variables = trunk(
        authentication={"addresses": ["203.0.113.0/28"]}, origination=[{"sip_url": "sip:pbx.example.com"}]
    )
    entries = hosts(variables)
    for entry in entries:
        del entry["voice_public_address"]
    assert description.problems(entries, OPTIONS) == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("192.168.1.5", "'192.168.1.5' is private, RFC 1918"),
        ("198.18.10.10", "'198.18.10.10' is for benchmarks"),
        ("203.0.113.0/28", "'203.0.113.0/28' is a network: write one address."),
        ("pbx1.example.com", "'pbx1.example.com' is not an IPv4 address"),
        ("127.0.0.1", "'127.0.0.1' is loopback"),
        ("224.0.0.1", "'224.0.0.1' is multicast"),
    ],
)
def test_public_addresses_that_are_none(address: str, sentence: str) -> None:
    entries = hosts(office(), count=1)
    entries[0]["voice_public_address"] = address
    found = description.problems(entries, OPTIONS)
    assert any(problem.startswith("voice_public_address of pbx1: ") and sentence in problem for problem in found)


def test_a_lab_may_use_private_addresses() -> None:
    entries = hosts(office(voice_allow_private_addresses=True), count=1)
    entries[0]["voice_public_address"] = "198.18.10.10"
    assert description.problems(entries, OPTIONS) == []
    assert accounts(entries)[0]["options"]["ip_access_control_lists"][0]["allow_private"] is True


def test_two_hosts_behind_one_address_need_two_ports() -> None:
    entries = hosts(office())
    entries[1]["voice_public_address"] = ADDRESSES[0]
    found = description.problems(entries, OPTIONS)
    assert len(found) == 1
    assert "pbx1 and pbx2 have the same voice_public_address '203.0.113.10' and port" in found[0]
    entries[1]["sip_port"] = 5080
    assert description.problems(entries, OPTIONS) == []
    derived = accounts(entries)[0]["options"]
    assert derived["ip_access_control_lists"][0]["ip_addresses"] == [
        {"ip_address": "203.0.113.10", "friendly_name": "pbx1, pbx2"}
    ]
    assert [url["sip_url"] for url in derived["trunks"][0]["origination_urls"]] == [
        "sip:203.0.113.10:5060",
        "sip:203.0.113.10:5080",
    ]


def test_more_hosts_than_twilio_takes_urls() -> None:
    entries = [{"name": f"pbx{last}", "voice_public_address": f"203.0.113.{last}", **office()} for last in range(1, 12)]
    found = description.problems(entries, OPTIONS)
    assert len(found) == 1
    assert "11 hosts are in voice_pbx and Twilio takes 10 URLs: write it out" in found[0]


def accounts(entries: list[dict[str, Any]], only: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return description.account_objects(entries, OPTIONS, only)


def options_of(variables: dict[str, Any], count: int = 2) -> dict[str, Any]:
    """Return what the one account of one office is told."""
    (account,) = accounts(hosts(variables, count=count))
    found: dict[str, Any] = account["options"]
    return found


def test_what_the_carrier_is_told() -> None:
    assert accounts(hosts(office())) == [
        {
            "name": "the account of the environment",
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
    derived = options_of(variables)
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
    derived = options_of(variables)
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


def branch(name: str, place: int) -> dict[str, Any]:
    variables = office()
    variables["voice_trunks"][0].update(name=f"{name}-production", domain_name=f"{name}.pstn.twilio.com")
    for line, entry in enumerate(variables["voice_numbers"], start=1):
        entry.update(number=f"+12025550{place}1{line}", trunk=f"{name}-production")
    variables["voice_extensions"][0]["caller_id"] = f"+12025550{place}11"
    return variables


def branches() -> list[dict[str, Any]]:
    boston, paris = branch("boston", 1), branch("paris", 2)
    return [
        {"name": "b1", "voice_public_address": "203.0.113.1", **boston},
        {"name": "p1", "voice_public_address": "198.51.100.1", **paris},
        {"name": "b2", "voice_public_address": "203.0.113.2", **copy.deepcopy(boston)},
    ]


def test_hosts_with_one_description_are_one_office() -> None:
    assert description.problems(branches(), OPTIONS) == []
    (account,) = accounts(branches())
    assert (account["host"], account["offices"]) == ("b1", [["b1", "b2"], ["p1"]])
    assert [trunk["friendly_name"] for trunk in account["options"]["trunks"]] == [
        "boston-production",
        "paris-production",
    ]
    assert [len(trunk["origination_urls"]) for trunk in account["options"]["trunks"]] == [2, 1]


def test_a_run_that_is_limited_to_a_host_still_has_all_hosts_of_its_office() -> None:
    (account,) = accounts(branches(), only=("b2",))
    assert account["hosts"] == ["b1", "b2"]
    assert [len(entry["ip_addresses"]) for entry in account["options"]["ip_access_control_lists"]] == [2]
    assert [trunk["friendly_name"] for trunk in account["options"]["trunks"]] == ["boston-production"]
    # What other offices describe of the account is known all the same: it is not unmanaged.
    assert account["described"]["trunks"] == ["boston-production", "paris-production"]


def test_problems_of_several_offices_name_their_hosts() -> None:
    entries = branches()
    entries[1]["voice_trunks"][0]["edges"] = ["mars"]
    found = description.problems(entries, OPTIONS)
    assert len(found) == 1
    assert found[0].startswith("p1: voice_trunks[0].edges[0]: 'mars' is not an edge")


def test_one_office_in_two_descriptions_is_found() -> None:
    entries = branches()
    entries[2]["voice_dialplan"] = {"allow": ["premium_rate"]}
    found = description.problems(entries, OPTIONS)
    assert any(
        problem.startswith("The trunk name 'boston-production' is in the description of b1 and in that of b2. ")
        and "differ in voice_dialplan. If these hosts are one office" in problem
        for problem in found
    )
    assert any(problem.startswith("The domain name 'boston.pstn.twilio.com'") for problem in found)
    assert any(problem.startswith("The number '+12025550111'") for problem in found)


def test_a_secret_that_differs_is_named_but_not_shown() -> None:
    entries = branches()
    entries[2]["voice_extensions"][0]["secret"] = "Another_Secret_9xQ2kLw"
    found = description.problems(entries, OPTIONS)
    assert any("differ in voice_extensions" in problem for problem in found)
    assert "Another_Secret" not in json.dumps(found)


def test_offices_with_accounts_of_their_own_may_use_the_same_trunk_name() -> None:
    entries = branches()
    entries[1]["voice_trunks"][0]["name"] = "boston-production"
    for entry in entries[1]["voice_numbers"]:
        entry["trunk"] = "boston-production"
    assert [problem.split(" is in", maxsplit=1)[0] for problem in description.problems(entries, OPTIONS)] == [
        "The trunk name 'boston-production'"
    ]
    entries[1]["voice_twilio_account_sid"] = "AC" + "1" * 32
    assert description.problems(entries, OPTIONS) == []


def test_how_a_run_is_made_does_not_divide_an_office() -> None:
    entries = hosts(office())
    entries[0]["voice_fail_on_drift"] = "true"
    assert description.problems(entries, OPTIONS) == []
    assert len(accounts(entries)[0]["offices"]) == 1


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


def test_other_peoples_variables_are_left_alone() -> None:
    assert problems(office(voice_site_contact="x", voicemail=1)) == []


def test_documentation_addresses_are_allowed_so_that_examples_can_be_checked() -> None:
    for address in ("192.0.2.1", "198.51.100.1", "203.0.113.1"):
        assert trunk_checks.address_problem(address, allow_private=False) is None
