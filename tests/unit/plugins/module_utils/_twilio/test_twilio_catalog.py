# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalog against Twilio's published OpenAPI specs: paths, methods, parameters, lists, fields, lengths.

The specs come from npm (`make openapi`); where they cannot be had these tests fail, for without them nothing is proven.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.catalog import (
    accounts,
    addresses,
    keys,
    numbers,
    pricing,
    records,
    routes,
    sip,
    trunking,
    voice,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import (
    purchase,
    readings_calls,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.resource import Resource
from ansible_collections.dialtone.voice.plugins.modules import twilio_trunk
from lab.openapi_fetch import FetchError, fetch

Json = dict[str, Any]

CATALOG: dict[str, Resource] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (accounts, addresses, keys, numbers, pricing, records, routes, sip, trunking, voice)
    for name, value in vars(module).items()
    if isinstance(value, Resource)
} | {f"records.usage({period})": records.usage(period) for period in records.GRANULARITIES}
# What is asked of a path that has more to it than the descriptor: the kind of number is part of the path.
FILLED = {"numbers.AVAILABLE_NUMBER": [f"/{segment}" for segment in purchase.PATHS.values()]}
MADE = {"main", "address_region", "key"}  # fields that the collection makes itself
# Of these only single objects are read, of those only lists.
UNLISTED = {"records.CALL_SUMMARY", "routes.TRUNK_REGION", *(name for name in CATALOG if name.startswith("pricing."))}
LISTED_ONLY = {
    "addresses.DEPENDENT_NUMBER",
    "numbers.AVAILABLE_NUMBER",
    "records.CALL",
    "records.CALL_SUMMARIES",
    *(name for name in CATALOG if "usage" in name),
}
LISTED = sorted(name for name, described in CATALOG.items() if not described.singleton and name not in UNLISTED)
UPDATED = sorted(name for name, described in CATALOG.items() if described.updatable and not described.bulk)
# A subaccount is created with less than it is updated with.
CREATED = sorted(
    name
    for name, described in CATALOG.items()
    if (described.create_only or described.updatable)
    and not (described.singleton or described.bulk or name in UNLISTED or name.startswith("accounts."))
)


class Published:
    """The operations and schemas of all products, by their URL templates."""

    def __init__(self) -> None:
        self.paths: dict[str, Json] = {}
        self._documents: dict[str, Json] = {}
        for path in fetch().values():
            document = json.loads(path.read_text(encoding="utf-8"))
            for template, item in document["paths"].items():
                url = (item.get("servers") or document["servers"])[0]["url"] + template
                self.paths[url] = item
                self._documents[url] = document

    def item(self, url: str) -> tuple[str, Json]:
        """The template and path item of a URL; AssertionError when there is none, or its query is not published."""
        url, __, query = url.partition("?")
        found = [
            (template.count("{"), template)
            for template in self.paths
            if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+?", re.escape(template)), url)
        ]
        assert found, f"no published path for {url}"
        template = min(found)[1]
        item = self.paths[template]
        for name, value in parse_qsl(query):
            (schema,) = [asked["schema"] for asked in item["get"]["parameters"] if asked["name"] == name]
            assert value in self.resolve(template, schema)["enum"]
        return template, item

    def resolve(self, url: str, schema: Json) -> Json:
        while "$ref" in schema:
            schema = self._documents[url]["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def answer(self, url: str, operation: Json) -> Json:
        """The properties of an operation's successful answer."""
        status = next(status for status in operation["responses"] if status.startswith("2"))
        schema = operation["responses"][status]["content"]["application/json"]["schema"]
        properties: Json = self.resolve(url, schema)["properties"]
        return properties

    def form(self, url: str, operation: Json) -> Json:
        """The schema of an operation's form."""
        return self.resolve(url, operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"])


@pytest.fixture(scope="module")
def published() -> Published:
    try:
        return Published()
    except FetchError as error:
        pytest.fail(str(error))


def _base(name: str) -> list[tuple[Resource, str]]:
    """The URLs of a resource, up to the handle of one object."""
    described = CATALOG[name]
    url = f"https://{described.product}.twilio.com{described.path}"
    url = url.format(account_sid="AC" + "0" * 32, parent="XX0")
    return [(described, url + more) for more in FILLED.get(name, [""])]


def _one(described: Resource, url: str) -> str:
    return url + ("" if described.singleton else "/XX1") + described.suffix


def _read_fields(described: Resource) -> set[str]:
    """The fields that an answer must have, in Twilio's words."""
    fields = set(described.fields) - set(described.write_only) - MADE
    return fields | ({"region"} if "address_region" in described.fields else set())


@pytest.mark.parametrize("name", LISTED)
def test_what_is_listed_is_published(name: str, published: Published) -> None:
    for described, url in _base(name):
        template, item = published.item(url + described.suffix)
        listing = item["get"]
        answer = published.answer(template, listing)
        assert answer[described.key]["type"] == "array"
        member = published.resolve(template, answer[described.key]["items"])["properties"]
        assert _read_fields(described) <= set(member)
        parameters = {parameter["name"]: parameter["schema"] for parameter in listing["parameters"]}
        assert described.page_size <= parameters["PageSize"]["maximum"]


@pytest.mark.parametrize("name", sorted(set(CATALOG) - LISTED_ONLY))
def test_what_is_fetched_is_published(name: str, published: Published) -> None:
    described, url = _base(name)[0]
    template, item = published.item(_one(described, url))
    assert _read_fields(described) <= set(published.answer(template, item["get"]))


@pytest.mark.parametrize("name", CREATED)
def test_what_is_created_is_published(name: str, published: Published) -> None:
    described, url = _base(name)[0]
    template, item = published.item(url + described.suffix)
    form = published.form(template, item["post"])
    sent = set(described.form(_values(described, (*described.create_only, *described.updatable))))
    assert sent <= set(form["properties"])
    assert set(form.get("required", ())) <= sent


@pytest.mark.parametrize("name", UPDATED)
def test_what_is_updated_is_published(name: str, published: Published) -> None:
    described, url = _base(name)[0]
    template, item = published.item(_one(described, url))
    form = published.form(template, item["post"])
    sent = set(described.form(_values(described, described.updatable)))
    assert sent <= set(form["properties"])
    assert set(form.get("required", ())) <= sent


def _values(described: Resource, names: tuple[str, ...]) -> Json:
    return {name: "203.0.113.0/24" if name == "ip_address" else "x" for name in names if name in described.wire}


def test_a_subaccount_is_created_by_its_name_only(published: Published) -> None:
    template, item = published.item("https://api.twilio.com/2010-04-01/Accounts.json")
    assert set(published.form(template, item["post"])["properties"]) == {"FriendlyName"}


def test_permissions_are_updated_as_published(published: Published) -> None:
    bulk = voice.COUNTRY.bulk
    assert bulk is not None
    template, item = published.item(f"https://voice.twilio.com{bulk.path}")
    form = published.form(template, item["post"])
    sent = bulk.encode([{"iso_code": "GB", **dict.fromkeys(voice.RISKS.values(), True)}])
    assert set(sent) == set(form["required"]) == {"UpdateRequest"}
    example = json.loads(re.findall(r"`(\[.*\])`", form["properties"]["UpdateRequest"]["description"])[0])[0]
    (entry,) = json.loads(sent["UpdateRequest"])
    assert entry.keys() == example.keys()
    assert [type(entry[name]) for name in example] == [type(value) for value in example.values()]
    assert bulk.count in published.answer(template, item["post"])


@pytest.mark.parametrize(
    ("name", "suffix", "sent"),
    [
        ("records.CALL", "", {"StartTime<", "StartTime>", "Status", *readings_calls.PARTIES.values()}),
        ("records.ALERT", "", {"StartDate", "EndDate", "LogLevel"}),
        ("records.CALL_SUMMARIES", "", {"StartTime", "EndTime", "ProcessingState", "CallType"}),
        ("records.usage(all)", "", {"StartDate", "EndDate", "IncludeSubaccounts"}),
        ("records.usage(daily)", "", {"StartDate", "EndDate", "IncludeSubaccounts", "Category"}),
        ("accounts.SUBACCOUNT", "", {"FriendlyName"}),
        ("numbers.PHONE_NUMBER", "", {"PhoneNumber", "FriendlyName"}),
        ("pricing.DESTINATION_PRICES", "/XX1", {"OriginationNumber"}),
        ("records.CALL_SUMMARY", "/XX1", {"ProcessingState"}),
    ],
)
def test_filters_are_published(name: str, suffix: str, sent: set[str], published: Published) -> None:
    described, url = _base(name)[0]
    __, item = published.item(url + suffix + described.suffix)
    assert sent <= {parameter["name"] for parameter in item["get"]["parameters"]}


@pytest.mark.parametrize("segment", purchase.PATHS.values())
def test_searches_are_published(segment: str, published: Published) -> None:
    described = CATALOG["numbers.AVAILABLE_NUMBER"]
    url = f"https://api.twilio.com{described.path}/{segment}{described.suffix}".format(account_sid="AC0", parent="US")
    __, item = published.item(url)
    names = {parameter["name"] for parameter in item["get"]["parameters"]}
    assert {"VoiceEnabled", *purchase.PARAMETERS.values()} <= names


def test_choices_are_published(published: Published) -> None:
    __, item = published.item("https://api.twilio.com/2010-04-01/Accounts/AC0/Calls.json")
    schemas = {parameter["name"]: parameter["schema"] for parameter in item["get"]["parameters"]}
    template = "https://api.twilio.com/2010-04-01/Accounts/{AccountSid}/Calls.json"
    assert set(readings_calls.STATUSES) == set(published.resolve(template, schemas["Status"])["enum"])


def _choices() -> Iterator[tuple[str, str, str, list[str]]]:
    spec: Json = twilio_trunk.SPEC
    for option in ("transfer_mode", "transfer_caller_id", "disaster_recovery_method"):
        yield "trunking.TRUNK", option, trunking.TRUNK.wire[option], spec[option]["choices"]
    for option in ("mode", "trim"):
        yield "trunking.RECORDING", option, option.capitalize(), spec["recording"]["options"][option]["choices"]


def test_choices_of_trunks_are_published(published: Published) -> None:
    for name, option, parameter, choices in _choices():
        described, url = _base(name)[0]
        template, item = published.item(_one(described, url))
        schema = published.resolve(template, published.form(template, item["post"])["properties"][parameter])
        assert sorted(schema["enum"]) == sorted(choices), option
