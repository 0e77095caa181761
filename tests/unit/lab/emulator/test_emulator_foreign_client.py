# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Driven by a client that was not written here, Twilio's own package, with every exchange checked against Twilio's
own specs. They come from npm; where they cannot be had these tests fail, for without them nothing is proven."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import account_scenarios
import pytest
from emulator_client import ACCOUNT, NUMBERS, TOKEN
from emulator_client import Client as PlainClient
from jsonschema import ValidationError
from openapi_check import Exchanges, Spec
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from lab.emulator.resource import Operation
from lab.emulator.resources import operations
from lab.openapi_fetch import FetchError, fetch

SPECS_OF = {  # a product's files; only v2010 is read leniently
    "trunking": ["twilio_trunking_v1.json"],
    "api": ["twilio_api_v2010.json"],
    "voice": ["twilio_voice_v1.json"],
    "routes": ["twilio_routes_v2.json"],
    "pricing": ["twilio_pricing_v1.json", "twilio_pricing_v2.json"],
    "insights": ["twilio_insights_v1.json"],
    "monitor": ["twilio_monitor_v1.json"],
}
HOSTS = {product: f"{product}.twilio.com" for product in SPECS_OF}
NOT_HERE = {  # what Twilio's spec has on the paths claimed here, and this emulator does not
    ("POST", "/2010-04-01/Accounts/{AccountSid}/Calls.json"),
    ("POST", "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json"),
    ("DELETE", "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json"),
}


class Rewriter(TwilioHttpClient):
    """Twilio's HTTP client, sent to the emulator: https://PRODUCT.twilio.com/PATH becomes BASE/PRODUCT/PATH."""

    def __init__(self, base: str, exchanges: Exchanges) -> None:
        super().__init__()
        self.base = base
        self.exchanges = exchanges

    def request(self, method: str, url: str, params: Any = None, data: Any = None, *rest: Any, **more: Any) -> Response:
        product, __, path = url.partition("https://")[2].partition(".twilio.com/")
        assert product in HOSTS, f"an unexpected host: {url}"
        response = super().request(method, f"{self.base}/{product}/{path}", params, data, *rest, **more)
        query = urlencode(params or {})
        asked = url + (("&" if "?" in url else "?") + query if query else "")
        form = {name: _text(value) for name, value in (data or {}).items()}
        self.exchanges.check(method.upper(), asked, form, response.status_code, response.text)
        return response


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


@pytest.fixture(scope="module")
def specs() -> dict[str, Spec]:
    try:
        files = fetch()
    except FetchError as error:
        pytest.fail(str(error))
    return {
        HOSTS[product]: Spec(*(files[name] for name in names), lenient=product == "api")
        for product, names in SPECS_OF.items()
    }


@pytest.fixture(scope="module")
def exchanges(specs: dict[str, Spec]) -> Exchanges:
    return Exchanges(specs)


@pytest.fixture
def twilio(client: PlainClient, exchanges: Exchanges) -> Iterator[Client]:
    rewriter = Rewriter(client.url, exchanges)
    yield Client(ACCOUNT, TOKEN, http_client=rewriter)
    rewriter.session.close()


# -- what is claimed, against the specs ---------------------------------------------------------------------------


def _spec_of(operation: Operation, specs: dict[str, Spec]) -> Spec:
    return specs[HOSTS[operation.product]]


@pytest.mark.parametrize("operation", operations(), ids=lambda op: f"{op.method} {op.template}")
def test_each_operation_is_as_published(operation: Operation, specs: dict[str, Spec]) -> None:
    spec = _spec_of(operation, specs)
    published = spec.operations().get((operation.method, operation.template))
    assert published is not None, "not in the published spec"
    names, required = spec.parameters(published)
    assert set(operation.params) <= set(names)
    assert set(operation.required) == required
    assert str(operation.status) in published["responses"]
    assert set(operation.params) == set(names)


def test_the_whole_of_trunking_is_here(specs: dict[str, Spec]) -> None:
    mine = {(op.method, op.template) for op in operations() if op.product == "trunking"}
    assert mine == set(specs["trunking.twilio.com"].operations())


def test_no_method_is_missing_on_a_path_that_is_claimed(specs: dict[str, Spec]) -> None:
    mine = {(op.method, op.template) for op in operations()}
    templates = {template for __, template in mine}
    published = {key for spec in specs.values() for key in spec.operations() if key[1] in templates}
    assert published - mine == NOT_HERE


# -- Twilio's client at work ----------------------------------------------------------------------------------------


def trunk(twilio: Client) -> None:
    trunk = twilio.trunking.v1.trunks.create(
        friendly_name="hq",
        domain_name="acme.pstn.twilio.com",
        secure=True,
        cnam_lookup_enabled=False,
        disaster_recovery_url="https://example.com/dr",
        disaster_recovery_method="POST",
        transfer_mode="sip-only",
        transfer_caller_id="from-transferor",
    )
    assert (trunk.friendly_name, trunk.secure, trunk.transfer_mode) == ("hq", True, "sip-only")
    changed = trunk.update(friendly_name="main", secure=False, disaster_recovery_url="")
    assert (changed.friendly_name, changed.secure, changed.disaster_recovery_url) == ("main", False, None)
    assert twilio.trunking.v1.trunks(trunk.sid).fetch().date_created == trunk.date_created
    assert trunk.delete()
    with pytest.raises(TwilioRestException) as gone:
        twilio.trunking.v1.trunks(trunk.sid).fetch()
    assert (gone.value.status, gone.value.code) == (404, 20404)


def lists_follow_their_pages(twilio: Client) -> None:
    made = [twilio.trunking.v1.trunks.create(friendly_name=f"t{n}").sid for n in range(7)]
    assert [trunk.sid for trunk in twilio.trunking.v1.trunks.list(page_size=3)] == made[::-1]
    assert len(twilio.trunking.v1.trunks.list(limit=5, page_size=2)) == 5
    numbers = twilio.incoming_phone_numbers.list(page_size=2)
    assert sorted(number.phone_number for number in numbers) == NUMBERS


def recording(twilio: Client) -> None:
    trunk = twilio.trunking.v1.trunks.create()
    changed = trunk.recordings().update(mode="record-from-answer", trim="trim-silence")
    assert (changed.mode, changed.trim) == ("record-from-answer", "trim-silence")
    assert trunk.recordings().fetch().mode == "record-from-answer"


def origination_urls(twilio: Client) -> None:
    urls = twilio.trunking.v1.trunks.create().origination_urls
    made = [
        urls.create(weight=10, priority=n, enabled=True, friendly_name=f"pbx{n}", sip_url="sip:203.0.113.1")
        for n in range(3)
    ]
    assert [url.sid for url in urls.list(page_size=2)] == [url.sid for url in reversed(made)]
    assert made[0].update(enabled=False, weight=65535).enabled is False
    assert made[0].fetch().weight == 65535
    assert made[0].delete()
    assert len(urls.list()) == 2


def access_list(twilio: Client) -> None:
    lists = twilio.sip.ip_access_control_lists
    acl = lists.create(friendly_name="office")
    assert acl.update(friendly_name="hq").friendly_name == "hq"
    address = acl.ip_addresses.create(friendly_name="pbx", ip_address="203.0.113.1", cidr_prefix_length=30)
    assert (address.ip_address, address.cidr_prefix_length) == ("203.0.113.1", 30)
    assert address.update(cidr_prefix_length=0).cidr_prefix_length == 32
    assert address.fetch().cidr_prefix_length == 32
    assert [entry.sid for entry in acl.ip_addresses.list()] == [address.sid]

    trunk = twilio.trunking.v1.trunks.create()
    link = trunk.ip_access_control_lists.create(ip_access_control_list_sid=acl.sid)
    assert link.sid == acl.sid
    assert [entry.friendly_name for entry in trunk.ip_access_control_lists.list()] == ["hq"]
    assert link.fetch().trunk_sid == trunk.sid
    assert twilio.trunking.v1.trunks(trunk.sid).fetch().auth_type_set == ["IP_ACL"]
    with pytest.raises(TwilioRestException) as mapped:
        acl.delete()
    assert mapped.value.code == 21236
    assert link.delete()
    assert address.delete()
    assert lists(acl.sid).fetch().friendly_name == "hq"
    assert acl.delete()
    assert lists.list() == []


def credential_list(twilio: Client) -> None:
    lists = twilio.sip.credential_lists
    users = lists.create(friendly_name="users")
    assert users.update(friendly_name="phones").friendly_name == "phones"
    alice = users.credentials.create(username="alice", password="Correct-Horse-9")
    assert alice.update(password="Another-Horse-10").username == "alice"
    assert alice.fetch().username == "alice"
    assert [entry.username for entry in users.credentials.list()] == ["alice"]

    trunk = twilio.trunking.v1.trunks.create()
    link = trunk.credentials_lists.create(credential_list_sid=users.sid)
    assert [entry.sid for entry in trunk.credentials_lists.list()] == [users.sid]
    assert link.fetch().friendly_name == "phones"
    assert link.delete()
    assert alice.delete()
    assert lists(users.sid).fetch().friendly_name == "phones"
    assert users.delete()
    assert lists.list() == []


def numbers(twilio: Client) -> None:
    (offer,) = twilio.available_phone_numbers("US").local.list(area_code=415, voice_enabled=True, limit=1)
    for search in (twilio.available_phone_numbers("US").toll_free, twilio.available_phone_numbers("GB").mobile):
        assert len(search.list(limit=2)) == 2
    assert twilio.available_phone_numbers("US").fetch().country == "United States"
    assert len(twilio.available_phone_numbers.list(limit=50)) == 6

    address = twilio.addresses.create(
        customer_name="Acme", street="1 Main Street", city="Washington", region="DC", postal_code="20001",
        iso_country="US", emergency_enabled=True,
    )  # fmt: skip
    assert address.update(friendly_name="office").friendly_name == "office"
    assert [found.sid for found in twilio.addresses.list(friendly_name="office")] == [address.sid]
    assert twilio.addresses(address.sid).fetch().iso_country == "US"
    assert twilio.addresses(address.sid).dependent_phone_numbers.list() == []

    number = twilio.incoming_phone_numbers.create(phone_number=offer.phone_number, friendly_name="new")
    changed = number.update(
        friendly_name="main",
        voice_url="https://example.com/voice",
        sms_method="GET",
        voice_caller_id_lookup=True,
        address_sid=address.sid,
        voice_receive_mode="voice",
    )
    assert (changed.friendly_name, changed.voice_url, changed.sms_method) == (
        "main",
        "https://example.com/voice",
        "GET",
    )
    trunk = twilio.trunking.v1.trunks.create()
    link = trunk.phone_numbers.create(phone_number_sid=number.sid)
    assert [entry.phone_number for entry in trunk.phone_numbers.list()] == [offer.phone_number]
    assert link.fetch().trunk_sid == trunk.sid
    assert number.fetch().trunk_sid == trunk.sid
    assert link.delete()
    (dependent,) = twilio.addresses(address.sid).dependent_phone_numbers.list()
    assert (dependent.phone_number, dependent.voice_url) == (offer.phone_number, "https://example.com/voice")
    found = twilio.incoming_phone_numbers.list(phone_number="+1415*", friendly_name="main", beta=False, origin="twilio")
    assert [entry.sid for entry in found] == [number.sid]
    assert number.update(address_sid="").address_sid is None
    assert address.delete()
    assert number.delete()


SCENARIOS: list[Callable[[Client], None]] = [
    trunk,
    lists_follow_their_pages,
    recording,
    origination_urls,
    access_list,
    credential_list,
    numbers,
    *account_scenarios.SCENARIOS,
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_twilios_client_finds_what_it_expects(scenario: Callable[[Client], None], twilio: Client) -> None:
    scenario(twilio)


def test_errors_arrive_as_twilios_exceptions(client: PlainClient, exchanges: Exchanges) -> None:
    rewriter = Rewriter(client.url, exchanges)
    stranger = Client(ACCOUNT, "wrong", http_client=rewriter)
    with pytest.raises(TwilioRestException) as refused:
        stranger.trunking.v1.trunks.create()
    assert (refused.value.status, refused.value.code) == (401, 20003)
    with pytest.raises(TwilioException):
        stranger.trunking.v1.trunks.list()
    rewriter.session.close()


def test_every_operation_is_driven_and_checked(client: PlainClient, specs: dict[str, Spec]) -> None:
    exchanges = Exchanges(specs)
    rewriter = Rewriter(client.url, exchanges)
    for scenario in SCENARIOS:
        client.refill()
        scenario(Client(ACCOUNT, TOKEN, http_client=rewriter))
    rewriter.session.close()
    assert {(op.method, op.template) for op in operations()} - exchanges.seen == set()


def test_the_check_itself_notices(specs: dict[str, Spec]) -> None:
    """A check that accepts everything would prove nothing."""
    exchanges = Exchanges(specs)
    url = "https://trunking.twilio.com/v1/Trunks/TK" + "a" * 32 + "/Recording"
    good = {"mode": "do-not-record", "trim": "do-not-trim"}
    exchanges.check("GET", url, {}, 200, json.dumps(good))
    for body in ({"mode": "do-not-record"}, {**good, "extra": 1}, {**good, "mode": "always"}):
        with pytest.raises(ValidationError):
            exchanges.check("GET", url, {}, 200, json.dumps(body))
    for method, form in (("DELETE", {}), ("POST", {"Colour": "red"})):
        with pytest.raises(AssertionError):
            exchanges.check(method, url, form, 200, json.dumps(good))
