# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a PBX must do with a call, by the plan alone: the judge of every PBX's configuration. Private to the collection.

A pure function of the plan, who calls, what was dialled and when. The steps are those of a call that nobody takes and
whose caller presses no key; what a key does is a route of its own. Limits are not part of it, since they depend on the
other calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Callable, Union

from .. import dialplan
from ..countries import CountryFacts, normalise
from . import schedules, targets
from .schedule_checks import zone

#: What the carrier writes in place of a number that is withheld.
WITHHELD = ("", "anonymous", "restricted", "unavailable")
ANONYMOUS = "Anonymous"

_NUMBER = re.compile("[+]?([1-9][0-9]{6,14})")
_NOT_SHOWN = re.compile("[^A-Za-z0-9 .+_-]")
_PUNCTUATION = re.compile("[-. ()/]")


@dataclass(frozen=True)
class Ring:
    """Telephones ring, all at once or in order, each for ``seconds`` then."""

    extensions: tuple[str, ...]
    seconds: int
    how: str
    do: str = field(default="ring", init=False)


@dataclass(frozen=True)
class Queue:
    """The caller waits in a queue."""

    queue: str
    do: str = field(default="queue", init=False)


@dataclass(frozen=True)
class Menu:
    """The caller hears a menu."""

    menu: str
    do: str = field(default="menu", init=False)


@dataclass(frozen=True)
class Play:
    """A file is played."""

    prompt: str
    do: str = field(default="play", init=False)


@dataclass(frozen=True)
class Voicemail:
    """The caller leaves a message, and the call ends."""

    mailbox: str
    do: str = field(default="voicemail", init=False)


@dataclass(frozen=True)
class Hear:
    """The telephone hears its mailbox."""

    mailbox: str
    do: str = field(default="hear", init=False)


@dataclass(frozen=True)
class Send:
    """The call goes out by a trunk. Several in a row are for the case that all edges of the one before have failed."""

    number: str
    trunk: str
    caller_id: str
    anonymous: bool = False
    emergency: bool = False
    do: str = field(default="send", init=False)


@dataclass(frozen=True)
class Refuse:
    """The call ends with an answer of SIP."""

    code: int
    why: str
    do: str = field(default="refuse", init=False)


@dataclass(frozen=True)
class End:
    """The call, which has been answered, is hung up."""

    why: str
    do: str = field(default="end", init=False)


Step = Union[Ring, Queue, Menu, Play, Voicemail, Hear, Send, Refuse, End]
Plan = Mapping[str, Any]
Source = Mapping[str, str]


@dataclass(frozen=True)
class Route:
    """What happens to a call.

    Attributes:
        caller: what called telephones of the office are shown; empty where the call is refused before.
        steps: what the PBX does, in order.
    """

    caller: str
    steps: tuple[Step, ...]

    def as_list(self) -> list[dict[str, Any]]:
        """Return the steps as dictionaries, without the words in which they are explained."""
        return [
            {
                key: list(value) if isinstance(value, tuple) else value
                for key, value in asdict(step).items()
                if key != "why"
            }
            for step in self.steps
        ]


def route(plan: Plan, source: Source, dialled: str, at: datetime) -> Route:
    """Return what happens to a call.

    Args:
        plan: of :func:`plan.build`.
        source: ``{kind: carrier, caller: …}``; or ``{kind: extension, extension: …}``; or, when that extension
            transfers a call to ``dialled``, ``{kind: transfer, extension: …, party: colleague or outside}``. The
            carrier may transfer nothing.
        dialled: the number in the request.
        at: the time, with its time zone.
    """
    if source["kind"] == "carrier":
        return _from_carrier(plan, source["caller"], dialled, at)
    return _from_extension(plan, source, dialled, at)


def route_key(plan: Plan, source: Source, dialled: str, at: datetime, *, menu: str, key: str, passed: int = 1) -> Route:
    """Return what happens when a caller in a menu presses a key, or dials an extension where the menu allows it.

    Args:
        plan: of :func:`plan.build`.
        source: who calls, as for :func:`route`.
        dialled: what that caller dialled to come here.
        at: the time, with its time zone.
        menu: slug of the menu.
        key: what was pressed.
        passed: destinations that the call has passed, with this menu.
    """
    walk = _walk(plan, source, dialled, at)
    walk.answered, walk.passed = True, passed
    entry = walk.named("menu", menu)
    extensions = [each["extension"] for each in plan["extensions"]] if entry["dial_extensions"] else []
    if key in entry["keys"]:
        walk.go(entry["keys"][key])
    elif key in extensions:
        walk.go({"kind": "extension", "id": key})
    else:
        # A wrong key is an attempt; nobody presses another one.
        walk.steps.append(Menu(menu))
        walk.onward(entry["otherwise"])
    return walk.route()


def caller_shown(caller: str) -> str:
    """Return how the telephones of the office see a caller from outside."""
    if caller.lower() in WITHHELD:
        return ANONYMOUS
    number = _NUMBER.fullmatch(caller)
    return f"+{number[1]}" if number else _NOT_SHOWN.sub("", caller)


def _from_carrier(plan: Plan, caller: str, dialled: str, at: datetime) -> Route:
    walk = _walk(plan, {"kind": "carrier", "caller": caller}, dialled, at)
    entry = _number(plan, dialled)
    if entry is None or entry["target"] == {"kind": "hangup", "id": "unassigned"}:
        return walk.refuse(404, "nobody has this number")
    if caller.lower() in WITHHELD and plan["anonymous_inbound"] == "refuse":
        return walk.refuse(433, "without a number")
    walk.go(entry["target"])
    return walk.route()


def _number(plan: Plan, dialled: str) -> Mapping[str, Any] | None:
    digits = dialled[1:] if dialled.startswith("+") else dialled
    return next((entry for entry in plan["numbers"] if entry["digits"] == digits), None)


def _walk(plan: Plan, source: Source, dialled: str, at: datetime) -> _Walk:
    if source["kind"] == "carrier":
        entry = _number(plan, dialled)
        return _Walk(plan, at, caller_shown(source["caller"]), entry["number"] if entry else "", False)
    extension = _extension(plan, source["extension"])
    return _Walk(plan, at, source["extension"], extension["caller_id"], extension["anonymous"])


def _extension(plan: Plan, extension: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(entry for entry in plan["extensions"] if entry["extension"] == extension)
    return found


def _from_extension(plan: Plan, source: Source, dialled: str, at: datetime) -> Route:
    entry = _extension(plan, source["extension"])
    walk = _walk(plan, source, dialled, at)
    if dialled in plan["emergency"]["numbers"]:
        return walk.emergency(dialled, entry)
    inside = {each["extension"]: {"kind": "extension", "id": each["extension"]} for each in plan["extensions"]}
    inside.update({each["extension"]: each["target"] for each in plan["dialable"]})
    if dialled in inside:
        walk.go(inside[dialled])
        return walk.route()
    if dialled == plan["voicemail"]["extension"] and source["kind"] == "extension":
        return walk.hear(entry["mailbox"])
    return _outside(plan, walk, source, dialled, entry)


def _outside(plan: Plan, walk: _Walk, source: Source, dialled: str, entry: Mapping[str, Any]) -> Route:
    number = e164(plan, dialled)
    if number is None:
        return walk.refuse(484, "not a number that can be dialled")
    if source.get("party") == "outside" and not plan["transfer_outside"]:
        return walk.refuse(403, "voice_dialplan.transfer_outside is false")
    rules = next(policy["rules"] for policy in plan["policies"] if policy["name"] == entry["policy"])
    rule = dialplan.first_match(number, rules)
    if rule is None:
        return walk.refuse(403, "no rule of voice_dialplan allows it")
    if rule["action"] != "allow":
        return walk.refuse(403, f"voice_dialplan does not allow {rule['class']} of {rule['country']}")
    walk.steps.append(Send(number, entry["trunk"], entry["caller_id"], entry["anonymous"]))
    return walk.route()


def e164(plan: Plan, dialled: str) -> str | None:
    """Return what a telephone dialled in E.164, or None if it is no number."""
    dialling = plan["dialling"]
    facts = CountryFacts(
        country=dialling["country"],
        country_code=dialling["country_code"],
        international_prefixes=tuple(dialling["international_prefixes"]),
        national_prefix=dialling["national_prefix"],
        national_prefix_optional=dialling["national_prefix_optional"],
        national_lengths=tuple(dialling["national_lengths"]),
        emergency=tuple(dialling["emergency"]),
    )
    return normalise(_PUNCTUATION.sub("", dialled), facts)


def is_open(entry: Mapping[str, Any], at: datetime) -> str:
    """Return which way a schedule sends a call at a time: ``during``, ``otherwise`` or ``on_holiday``."""
    local = at.astimezone(zone(entry["timezone"]))
    minute = local.hour * 60 + local.minute

    def within(span: Mapping[str, Any]) -> bool:
        return (schedules.minutes(span["from"]) or 0) <= minute < (schedules.minutes(span["to"]) or 0)

    for holiday in entry["holidays"]:
        same_day = (holiday["month"], holiday["day"]) == (local.month, local.day)
        if same_day and holiday["year"] in (None, local.year) and within(holiday):
            return "on_holiday"
    today = schedules.DAYS[local.weekday()]
    return "during" if any(today in hours["days"] and within(hours) for hours in entry["open"]) else "otherwise"


class _Walk:
    """A call on its way from destination to destination."""

    def __init__(self, plan: Plan, at: datetime, caller: str, caller_id: str, anonymous: bool) -> None:
        self._plan = plan
        self._at = at
        self._caller = caller
        self._caller_id = caller_id
        self._anonymous = anonymous
        self.answered = False
        self.passed = 0
        self.steps: list[Step] = []

    def route(self) -> Route:
        return Route(self._caller, tuple(self.steps))

    def refuse(self, code: int, why: str) -> Route:
        return Route("", (Refuse(code, why),))

    def hear(self, mailbox: str) -> Route:
        if not mailbox:
            return self.refuse(404, "the telephone has no mailbox")
        self.steps.append(Hear(mailbox))
        return self.route()

    def emergency(self, dialled: str, entry: Mapping[str, Any]) -> Route:
        trunks = [entry["emergency_trunk"], *self._plan["emergency_trunks"]]
        self.steps += [
            Send(dialled, trunk, entry["emergency_caller_id"], emergency=True)
            for trunk in dict.fromkeys(trunks)
            if trunk
        ]
        return self.route() if self.steps else self.refuse(503, "no trunk takes calls out")

    def named(self, kind: str, name: str) -> Mapping[str, Any]:
        """Return the destination of a name."""
        found: Mapping[str, Any] = next(entry for entry in self._plan[targets.LISTS[kind]] if entry["slug"] == name)
        return found

    def go(self, target: Mapping[str, str]) -> None:
        """Send the call to a destination, and on from there."""
        kind, name = target["kind"], target["id"]
        if kind == "hangup":
            self._finish(targets.HANGUPS[name], name)
            return
        if self.passed == self._plan["hops"]:
            self._finish(483, "too many destinations")
            return
        self.passed += 1
        ways: dict[str, Callable[[str], None]] = {
            "extension": self._extension,
            "ring_group": self._ring_group,
            "queue": self._queue,
            "menu": self._menu,
            "schedule": self._schedule,
            "announcement": self._announcement,
            "voicemail": self._voicemail,
            "external": self._external,
        }
        ways[kind](name)

    def onward(self, otherwise: Mapping[str, str] | None, code: int = 480, why: str = "nobody took the call") -> None:
        """Send the call where it goes when nobody takes it, or end it."""
        if otherwise is None:
            self._finish(code, why)
        else:
            self.go(otherwise)

    def _finish(self, code: int, why: str) -> None:
        self.steps.append(End(why) if self.answered else Refuse(code, why))

    def _extension(self, name: str) -> None:
        entry = _extension(self._plan, name)
        self.steps.append(Ring((name,), entry["ring_seconds"], "all"))
        self.onward(entry["otherwise"])

    def _ring_group(self, name: str) -> None:
        entry = self.named("ring_group", name)
        how = "all" if entry["strategy"] == "ring_all" else "in_order"
        self.steps.append(Ring(tuple(entry["members"]), entry["ring_seconds"], how))
        self.onward(entry["otherwise"])

    def _queue(self, name: str) -> None:
        self.answered = True
        self.steps.append(Queue(name))
        self.onward(self.named("queue", name)["otherwise"])

    def _menu(self, name: str) -> None:
        self.answered = True
        self.steps.append(Menu(name))
        self.onward(self.named("menu", name)["otherwise"])

    def _announcement(self, name: str) -> None:
        entry = self.named("announcement", name)
        self.answered = True
        self.steps.append(Play(entry["prompt"]))
        self.onward(entry["otherwise"], why="it has been said")

    def _schedule(self, name: str) -> None:
        entry = self.named("schedule", name)
        self.go(entry[is_open(entry, self._at)])

    def _voicemail(self, name: str) -> None:
        self.answered = True
        self.steps.append(Voicemail(name))

    def _external(self, name: str) -> None:
        entry = self.named("external", name)
        own = entry["caller_id"]
        self.steps.append(Send(entry["number"], entry["trunk"], own or self._caller_id, self._anonymous and not own))
        if entry["otherwise"] is not None:
            self.go(entry["otherwise"])
