# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fault tests share: the scenarios, networks that fail in ways the emulator does not know, and snapshots."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twilio_network import NUMBERS, World

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.http import NotSentError, Reply
from lab.emulator.state import state
from lab.emulator.store import Store

FOR_SALE = "+12025550150"
DOMAIN = "acme-hq.pstn.twilio.com"
SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
UPDATED = {"Recording", "Settings", "BulkCountryUpdates"}  # a POST there creates nothing
VOLATILE = {"date_created", "date_updated", "url", "uri", "links", "subresource_uris", "bought", "released"}


# -- scenarios ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """Stands in the options of a scenario for what only the account knows: the SID or a secret of an object."""

    kind: str
    name: str
    field: str = "sid"

    def look_up(self, store: Store) -> str:
        held: dict[str, Any] = {account.friendly_name: account for account in store.accounts.values()}
        if self.kind != "AC":
            held = {str(record.data["friendly_name"]): record for record in store.all(self.kind)}
        return str(getattr(held[self.name], self.field))


@dataclass(frozen=True)
class Scenario:
    """One task on one account. ``prepare`` makes the account; every account also holds things of no concern.

    ``repeats`` says that the task is a change every time (a password that is always sent).
    """

    name: str
    module: str
    options: Mapping[str, Any]
    prepare: Callable[[World], None] = lambda __: None
    repeats: bool = False

    def task(self, store: Store) -> dict[str, Any]:
        """Return the options, with what the account knows."""

        def known(value: Any) -> Any:
            if isinstance(value, Held):
                return value.look_up(store)
            if isinstance(value, Mapping):
                return {name: known(content) for name, content in value.items()}
            return [known(content) for content in value] if isinstance(value, list) else value

        options: dict[str, Any] = known(self.options)
        return options

    def store(self) -> Store:
        """Return the account before the task."""
        world = World()
        do(world, "twilio_ip_access_control_list", friendly_name="other", ip_addresses=addresses(90, 91))
        do(world, "twilio_trunk", friendly_name="other", origination_urls=urls("other"), phone_numbers=NUMBERS[2:],
           ip_access_control_lists=["other"])  # fmt: skip
        self.prepare(world)
        return world.context.store


def do(world: World, module: str, **options: Any) -> None:
    result = world.run(module, **options)
    assert not result.get("failed"), result


def urls(*names: str, **rest: Any) -> list[dict[str, Any]]:
    return [{"friendly_name": name, "sip_url": f"sip:{name}.example.com", **rest} for name in names]


def addresses(*hosts: int) -> list[dict[str, Any]]:
    return [{"ip_address": f"203.0.113.{host}", "friendly_name": f"host {host}"} for host in hosts]


def lists(world: World) -> None:
    """Make the lists that trunks refer to."""
    for name, host in (("office", 10), ("branch", 20)):
        do(world, "twilio_ip_access_control_list", friendly_name=name, ip_addresses=addresses(host))
    created = world.post("/2010-04-01/Accounts/{account}/SIP/CredentialLists.json", FriendlyName="phones")
    assert created["sid"]


def trunk(world: World) -> None:
    """Make a trunk with everything."""
    lists(world)
    do(world, "twilio_trunk", **TRUNK)


def crowded(world: World) -> None:
    """Make a trunk that has no room for another origination URL."""
    do(world, "twilio_trunk", friendly_name="hq", origination_urls=urls(*(f"pbx{n}" for n in range(10))))


def access_list(world: World) -> None:
    do(world, "twilio_ip_access_control_list", friendly_name="office", ip_addresses=addresses(1, 2, 3))


def number_on_trunk(world: World) -> None:
    do(world, "twilio_trunk", friendly_name="hq", domain_name=DOMAIN, phone_numbers=NUMBERS[:1])


def empty_trunk(world: World) -> None:
    do(world, "twilio_trunk", friendly_name="hq", domain_name=DOMAIN)


TRUNK: dict[str, Any] = {
    "friendly_name": "hq",
    "domain_name": DOMAIN,
    "secure": True,
    "disaster_recovery_url": "https://example.com/dr",
    "recording": {"mode": "record-from-answer"},
    "ip_access_control_lists": ["office"],
    "credential_lists": ["phones"],
    "origination_urls": urls("pbx1", "pbx2"),
    "phone_numbers": NUMBERS[:2],
}

# -- networks -----------------------------------------------------------------------------------------------------


class KilledError(BaseException):
    """The process is gone: nothing may catch this."""


class Trouble:
    """A network in front of a world, on which something happens to request number ``position`` (from 0)."""

    def __init__(self, world: World, position: int) -> None:
        self.world, self.position = world, position
        self.pauses = world.pauses
        self.count = -1

    def send(self, method: str, url: str, **rest: Any) -> Reply:
        self.count += 1
        if self.count == self.position:
            return self.strike(method, url, **rest)
        return self.world.send(method, url, **rest)

    def strike(self, method: str, url: str, **rest: Any) -> Reply:
        raise NotImplementedError


class Unreachable(Trouble):
    """No connection: the request certainly was not sent."""

    def strike(self, method: str, url: str, **rest: Any) -> Reply:  # noqa: ARG002
        raise NotSentError("no connection: refused")


class KillBefore(Trouble):
    """The process dies before it sends the request."""

    def strike(self, method: str, url: str, **rest: Any) -> Reply:  # noqa: ARG002
        raise KilledError


class KillAfter(Trouble):
    """The process dies when Twilio has done what it was asked, before the answer is there."""

    def strike(self, method: str, url: str, **rest: Any) -> Reply:
        self.world.send(method, url, **rest)
        raise KilledError


class ProxyPage(Trouble):
    """Something on the way answers 200 in Twilio's place, and not in JSON."""

    def strike(self, method: str, url: str, **rest: Any) -> Reply:  # noqa: ARG002
        return Reply(200, "<html>Please accept our terms</html>", {"Content-Type": "text/html"})


class EmptyObject(Trouble):
    """The answer is JSON but not the object, after the commit or, unless ``done``, without any."""

    def __init__(self, world: World, position: int, done: bool = True) -> None:
        super().__init__(world, position)
        self.done = done

    def strike(self, method: str, url: str, **rest: Any) -> Reply:
        if self.done:
            self.world.send(method, url, **rest)
        return Reply(200, "{}")


class Lag(Trouble):
    """What request ``position`` creates stays invisible for the next ``looks`` requests that concern it.

    With ``lost`` the answer to the creation is lost on top of that.
    """

    def __init__(self, world: World, position: int, looks: int, lost: bool = False) -> None:
        super().__init__(world, position)
        self.looks, self.lost = looks, lost
        self.hidden = ""

    def strike(self, method: str, url: str, **rest: Any) -> Reply:
        reply = self.world.send(method, url, **rest)
        sid = str(json.loads(reply.text or "{}").get("sid", ""))
        # The SID of a membership is that of its object, which has been visible for long.
        if method == "POST" and reply.status == 201 and sid not in (rest["data"] or {}).values():
            self.hidden = sid
        return Reply(503, "") if self.lost else reply

    def send(self, method: str, url: str, **rest: Any) -> Reply:
        if self.hidden and self.looks and any(self.hidden in text for text in (url, *(rest["data"] or {}).values())):
            self.looks -= 1
            return Reply(404, json.dumps({"code": 20404, "message": "not found", "status": 404}))
        hidden = self.hidden  # the creation itself answers with its object
        reply = super().send(method, url, **rest)
        if hidden and self.looks and method == "GET" and hidden in reply.text:
            self.looks -= 1
            body = json.loads(reply.text)
            for key, items in body.items():
                if isinstance(items, list):
                    body[key] = [item for item in items if item.get("sid") != hidden]
            return Reply(reply.status, json.dumps(body), reply.headers)
        return reply


# -- what is compared ---------------------------------------------------------------------------------------------


def snapshot(world: World) -> Any:
    """Return everything in the account and its subaccounts, with names in place of SIDs, and without dates.

    Passwords count too, by the hashes that Twilio never shows.
    """
    accounts = state(world.context)["accounts"]
    names: dict[str, str] = {}

    def collect(value: Any) -> None:
        for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
            collect(item)
        if isinstance(value, dict) and "sid" in value:
            label = next(
                (value[key] for key in ("phone_number", "friendly_name", "ip_address", "username") if value.get(key)),
                "",
            )
            names.setdefault(str(value["sid"]), f"{str(value['sid'])[:2]}:{label}")

    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: rename(content) for key, content in value.items() if key not in VOLATILE}
        if isinstance(value, list):
            return sorted((rename(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return SID.sub(lambda match: names.get(match[0], match[0]), value) if isinstance(value, str) else value

    collect(accounts)
    hashes = [[names[user.parent], user.data["username"], user.hidden["ha1"]] for user in world.context.store.all("CR")]
    return rename(accounts), sorted(hashes)


def things(store: Store) -> set[tuple[str, ...]]:
    """Return what there is, by SID: objects, memberships, and numbers on trunks."""
    found: set[tuple[str, ...]] = set()
    for kind in ("TK", "OU", "AL", "IP", "CL", "CR", "AD", "SK", "TK/AL", "TK/CL", "PN"):
        found.update((kind, record.key) for record in store.all(kind))
    found.update(("PN on TK", number.sid, number.data["trunk_sid"] or "") for number in store.all("PN"))
    found.update(("AC", account.sid, account.status) for account in store.accounts.values())
    return found


def made_and_removed(world: World) -> Counter[tuple[str, ...]]:
    """Return what was really created and deleted so far, each as often as it was."""
    counted: Counter[tuple[str, ...]] = Counter()
    remade = 0

    def name(value: str) -> str:
        """Objects that the run itself has made have another SID every time."""
        record = world.context.store.get(value[:2], value) if SID.fullmatch(value) else None
        return value if record is None else str(record.data.get("friendly_name") or value)

    for entry in world.journal():
        *__, owner, last = entry["path"].split("/")
        if entry["committed"] and entry["method"] == "DELETE":
            # A key whose secret was lost in an answer makes way for another one, which is not counted.
            if owner == "Keys" and last.partition(".")[0] not in world.keys:
                remade += 1
            else:
                counted["delete", owner, last] += 1
        elif entry["committed"] and not SID.match(last) and last not in UPDATED:
            values = [name(str(value)) for __, value in sorted(entry["params"].items())]
            counted[("create", last, *values)] += 1
    for made in [key for key in counted if key[:2] == ("create", "Keys.json")]:
        counted[made] -= remade
    return +counted
