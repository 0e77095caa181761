# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contradictions in the description are found, all at once, with path, value and remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from voice_offices import OPTIONS, SECRETS, extension, number, office, problems, trunk, two_trunks

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description, trunk_checks


def test_a_sound_description_has_no_problems() -> None:
    assert problems(office()) == []


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
    (number(destination={"queue": "x"}), "destination.queue: 'x' is not a queue", "queues is empty, add it there"),
    (number(destination={"que": "x"}), "voice_numbers[0].destination.que: no such option", "did you mean 'queue'"),
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


@pytest.mark.parametrize(("variables", "what", "remedy"), CASES, ids=[case[1] for case in CASES])
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


def test_other_peoples_variables_are_left_alone() -> None:
    assert problems(office(voice_site_contact="x", voicemail=1)) == []


def test_documentation_addresses_are_allowed_so_that_examples_can_be_checked() -> None:
    for address in ("192.0.2.1", "198.51.100.1", "203.0.113.1"):
        assert trunk_checks.address_problem(address, allow_private=False) is None
