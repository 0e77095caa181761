# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that are longer than a page, in both envelopes. The client follows the links that it is given."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from foreign.check import same
from foreign.cli import Cli
from foreign.stand import ACCOUNT, TOKEN, Stand

COUNT = 7
NUMBERS = [f"+1202555012{digit}" for digit in range(COUNT)]
PATTERN = "+1202555012*"


def _pages(stand: Stand, cli: Cli, *command: str) -> tuple[list[dict[str, Any]], list[dict[str, str]], set[str]]:
    """What a list printed, the queries it sent, and the hosts it sent them to."""
    before = len(stand.proxy.exchanges)
    found = cli(*command).json()
    sent = stand.proxy.exchanges[before:]
    queries = [dict(parse_qsl(urlsplit(exchange.target).query)) for exchange in sent]
    return found, queries, {exchange.host for exchange in sent}


def _check(stand: Stand, cli: Cli, host: str, *command: str, **filters: str) -> None:
    """Three pages of three; a limit inside a page; a limit that spares pages. `filters` are in every query."""
    found, queries, hosts = _pages(stand, cli, *command, "--page-size", "3", "--no-limit")
    same(len({item["sid"] for item in found}), COUNT, f"{command[0]}: objects on all pages, each once")
    same(queries[0], {**filters, "PageSize": "3"}, f"{command[0]}: first query")
    same([{**query, **filters} for query in queries], queries, f"{command[0]}: filters that the links keep")
    same([query["Page"] for query in queries[1:]], ["1", "2"], f"{command[0]}: pages that the links lead to")
    same([query["PageSize"] for query in queries], ["3"] * 3, f"{command[0]}: page sizes that the links keep")
    same([bool(query.get("PageToken")) for query in queries[1:]], [True, True], f"{command[0]}: tokens in the links")
    same(hosts, {host}, f"{command[0]}: hosts of all pages")
    limited, queries, __ = _pages(stand, cli, *command, "--page-size", "3", "--limit", "5")
    same((limited, len(queries)), (found[:5], 2), f"{command[0]}: five of seven take two pages")
    small, queries, __ = _pages(stand, cli, *command, "--page-size", "3", "--limit", "2")
    same(
        (small, queries),
        (found[:2], [{**filters, "PageSize": "2"}]),
        f"{command[0]}: the client asks for no more than it prints",
    )
    whole, queries, __ = _pages(stand, cli, *command)
    same((whole, queries), (found, [filters]), f"{command[0]}: one page holds them without a page size")


def paging(stand: Stand) -> None:
    """Trunks (`meta` with absolute URLs) and numbers (flat, with relative URIs)."""
    stand.lab("seed", {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "numbers": NUMBERS}]})
    for index in range(COUNT):
        stand.post("trunking/v1/Trunks", FriendlyName=f"trunk {index}")
    _check(stand, stand.twilio, "trunking.twilio.com", "api:trunking:v1:trunks:list")
    numbers = ("api:core:incoming-phone-numbers:list", "--phone-number", PATTERN)
    _check(stand, stand.twilio, "api.twilio.com", *numbers, PhoneNumber=PATTERN)


def regions(stand: Stand) -> None:
    """A client in a region asks that region's host for every page, whatever host the links name."""
    for index in range(COUNT):
        stand.post("trunking/v1/Trunks", FriendlyName=f"trunk {index}")
    dublin = stand.cli(environment={"TWILIO_REGION": "ie1", "TWILIO_EDGE": "dublin"})
    _check(stand, dublin, "trunking.dublin.ie1.twilio.com", "api:trunking:v1:trunks:list")
    edge = stand.cli(environment={"TWILIO_EDGE": "ashburn"})
    same(len(edge("api:core:incoming-phone-numbers:list").json()), 3, "numbers, by an edge without a region")
    same(stand.proxy.exchanges[-1].host, "api.ashburn.us1.twilio.com", "the host of an edge without a region")
