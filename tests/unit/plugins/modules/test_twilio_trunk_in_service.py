# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A trunk stays in service while it changes: after every single request it authenticates and knows where calls go."""

from __future__ import annotations

import copy
import functools
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio_network import World, run_module

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.http import Reply
from lab.emulator.store import Store

NAMES = ["a", "b", "c"]
SWAP = {f"purge_{name}": True for name in ("ip_access_control_lists", "credential_lists", "origination_urls")}
Lists = dict[str, list[str]]


class Watch:
    """A network that looks at the account after every request."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lock = threading.Lock()
        self.seen: list[tuple[set[str], set[str], int, int]] = []

    def look(self) -> tuple[set[str], set[str], int, int]:
        """Return the trunk's access lists and credential lists by SID, its URLs and how many are enabled."""
        store = self.world.context.store
        enabled = [url.data["enabled"] for url in store.all("OU")]
        lists = {record.key for kind in ("TK/AL", "TK/CL") for record in store.all(kind)}
        return {key for key in lists if "AL" in key}, {key for key in lists if "CL" in key}, len(enabled), sum(enabled)

    def send(self, method: str, url: str, **rest: Any) -> Reply:
        with self.lock:
            reply = self.world.send(method, url, **rest)
            self.seen.append(self.look())
        return reply


@functools.cache
def stage() -> tuple[World, Store]:
    """Return an account with lists and no trunk, and a copy to start from."""
    world = World()
    for name in NAMES:
        made = world.run(
            "twilio_ip_access_control_list", friendly_name=name, ip_addresses=[{"ip_address": "203.0.113.1"}]
        )
        assert made["changed"]
        world.post("/2010-04-01/Accounts/{account}/SIP/CredentialLists.json", FriendlyName=name)
    return world, copy.deepcopy(world.context.store)


SOME = st.lists(st.sampled_from(NAMES), unique=True)
AUTHENTICATION = st.fixed_dictionaries({"ip_access_control_lists": SOME, "credential_lists": SOME})
URLS = st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.booleans(), max_size=10)
FULL = st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.booleans(), min_size=9, max_size=10)


def entries(urls: dict[str, bool]) -> list[dict[str, Any]]:
    return [{"friendly_name": name, "sip_url": f"sip:{name}.example.com", "enabled": on} for name, on in urls.items()]


@pytest.mark.parametrize("concurrency", [1, 6])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(AUTHENTICATION, AUTHENTICATION, URLS | FULL, URLS)
def test_a_trunk_is_never_without_authentication_nor_without_a_place_for_calls(
    concurrency: int, before: Lists, after: Lists, urls: dict[str, bool], wanted: dict[str, bool]
) -> None:
    world, start = stage()
    world.restart(start)
    made = world.run("twilio_trunk", friendly_name="hq", **before, origination_urls=entries(urls))
    assert made["changed"], made
    watch = Watch(world)
    first = watch.look()
    done = run_module(
        "twilio_trunk", watch, friendly_name="hq", concurrency=concurrency, **after, **SWAP,
        origination_urls=entries(wanted),
    )  # fmt: skip
    assert not done.get("failed"), done
    last = watch.look()
    new = (last[0] | last[1]) - (first[0] | first[1])
    for lists, credentials, count, __ in watch.seen:
        now = lists | credentials
        if first[0] | first[1] and last[0] | last[1]:
            assert now, "no authentication in between"
        if (first[0] | first[1]) - now:
            assert new <= now, "an old list left before a new one was there"
        assert count <= 10
    if first[3] and last[3]:
        added, gone = wanted.keys() - urls.keys(), urls.keys() - wanted.keys()
        # The limit leaves no choice where the one that makes way for the only new one is the only one in use.
        forced = len(urls) == 10 and len(added) == 1 and len(gone) == 1 and all(
            not urls[name] and not wanted[name] for name in urls.keys() & wanted.keys()
        )  # fmt: skip
        assert all(look[3] for look in watch.seen) or forced


@pytest.mark.parametrize("concurrency", [1, 6])
@settings(max_examples=40, deadline=None, derandomize=True)
@given(AUTHENTICATION, AUTHENTICATION, st.booleans())
def test_a_trunk_of_a_whole_account_is_never_without_authentication(
    concurrency: int, before: Lists, after: Lists, delete: bool
) -> None:
    """Lists that the trunk leaves are deleted in the same task, and new ones are made in it."""
    world, start = stage()
    world.restart(start)
    assert world.run("twilio_trunk", friendly_name="hq", **before)["changed"]
    watch = Watch(world)
    first = watch.look()
    new = [{"friendly_name": "new", "ip_addresses": [{"ip_address": "203.0.113.9"}]}]
    gone = [
        {"friendly_name": name, "state": "absent"} for name in NAMES if name not in after["ip_access_control_lists"]
    ]
    trunk = {
        "friendly_name": "hq", "purge_ip_access_control_lists": True, "purge_credential_lists": True,
        "credential_lists": after["credential_lists"],
        "ip_access_control_lists": [*after["ip_access_control_lists"], "new"],
    }  # fmt: skip
    done = run_module(
        "twilio_voice_account", watch, concurrency=concurrency, trunks=[trunk],
        ip_access_control_lists=[*(gone if delete else []), *new],
    )  # fmt: skip
    assert not done.get("failed"), done
    last = watch.look()
    added = (last[0] | last[1]) - (first[0] | first[1])
    for lists, credentials, *__ in watch.seen:
        now = lists | credentials
        assert now or not first[0] | first[1], "no authentication in between"
        assert added <= now or not (first[0] | first[1]) - now, "an old list left before a new one was there"
