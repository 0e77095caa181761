# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dial plan of FreeSWITCH: mod_dialplan_xml and the applications that the role uses, on the XML that it parses.

A call that nobody takes: telephones do not answer, edges answer as the test says. What comes out are the steps of
the golden calls (tests/golden).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

#: What FreeSWITCH answers with a cause (mod_sofia's hangup_cause_to_sip), as far as the role uses them.
CAUSES = {
    "UNALLOCATED_NUMBER": 404,
    "OUTGOING_CALL_BARRED": 403,
    "INVALID_NUMBER_FORMAT": 484,
    "USER_BUSY": 486,
    "CALL_REJECTED": 603,
    "NO_ANSWER": 480,
    "EXCHANGE_ROUTING_ERROR": 483,
    "NORMAL_TEMPORARY_FAILURE": 503,
    "NO_ROUTE_DESTINATION": 404,
}
#: Applications that may be used inline (SAF_ROUTING_EXEC); FreeSWITCH ignores others there.
INLINE = {"set", "multiset", "unset", "set_profile_var", "log", "export"}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_TRANSFERS = 200


class OverError(Exception):
    """The call has ended."""


class TransferError(Exception):
    """The call goes on elsewhere."""


@dataclass
class Pbx:
    """A configuration, expanded and parsed."""

    text: str
    root: ElementTree.Element = field(init=False)

    def __post_init__(self) -> None:
        self.root = ElementTree.fromstring(self.text)  # noqa: S314 -- what the tests have rendered themselves

    def context(self, name: str) -> list[ElementTree.Element]:
        return self.root.findall(f"section[@name='dialplan']/context[@name='{name}']/extension")

    def user(self, user: str, domain: str = "dialtone") -> dict[str, str]:
        found = self.root.find(
            f"section[@name='directory']/domain[@name='{domain}']/groups/group/users/user[@id='{user}']"
        )
        if found is None:
            return {}
        return {each.attrib["name"]: each.attrib["value"] for each in found.findall("variables/variable")}


@dataclass
class Call:
    """One call. `steps` is what happened to it."""

    pbx: Pbx
    at: datetime
    variables: dict[str, str] = field(default_factory=dict)
    profile: dict[str, str] = field(default_factory=dict)
    #: Final answer of every edge to an INVITE, by gateway; others are busy.
    edges: Mapping[str, int] = field(default_factory=dict)
    #: Keys that are pressed when a menu asks, one after the other.
    keys: list[str] = field(default_factory=list)
    #: What is dialled instead at the first destination.
    detour: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list)
    #: Texts of applications that ran, for those who look closer.
    ran: list[tuple[str, str]] = field(default_factory=list)
    answered: bool = False
    in_turn: bool = False
    code: int = 0

    def dial(self, number: str, context: str) -> list[dict[str, Any]]:
        try:
            for __ in range(MOST_TRANSFERS):
                try:
                    self.profile["destination_number"] = number
                    actions = self.hunt(context)
                    if not actions:
                        self.run("hangup", "NO_ROUTE_DESTINATION")
                    for name, data in actions:
                        self.run(name, self.text(data))
                    self.run("hangup", "NORMAL_CLEARING")
                except TransferError as way:
                    number, context = way.args
                    if self.detour and context == "dialtone-destinations":
                        number, self.detour = self.detour, ""
            raise AssertionError("the call goes round in circles")
        except OverError:
            return self.steps

    # ---- Looking for the extension

    def hunt(self, context: str) -> list[tuple[str, str]]:
        actions: list[tuple[str, str]] = []
        for extension in self.pbx.context(context):
            if self.parse(extension, actions) and extension.get("continue") != "true":
                break
        return actions

    def parse(self, extension: ElementTree.Element, actions: list[tuple[str, str]]) -> bool:
        proceed = False
        for condition in extension.findall("condition"):
            assert condition.find("condition") is None, "nested conditions are not modelled"
            passed, match = self.condition(condition)
            proceed = passed
            chosen = condition.findall("action" if passed else "anti-action")
            if not passed and chosen:
                proceed = True
            for action in chosen:
                data = action.get("data", "")
                if passed and match is not None:
                    data = _substituted(data, match)
                if action.get("inline") == "true":
                    assert action.attrib["application"] in INLINE, f"{action.attrib} cannot be used inline"
                    self.run(action.attrib["application"], self.text(data))
                else:
                    actions.append((action.attrib["application"], data))
            stop = condition.get("break", "on-false")
            if stop == "always" or (stop == "on-false" and not passed) or (stop == "on-true" and passed):
                break
        return proceed

    def condition(self, condition: ElementTree.Element) -> tuple[bool, re.Match[str] | None]:
        if condition.get("regex"):
            results = [self.matches(each)[0] for each in condition.findall("regex")]
            return (all(results) if condition.get("regex") == "all" else any(results)), None
        if condition.get("field") is not None:
            assert not set(condition.attrib) & {"wday", "time-of-day", "mon", "mday", "year"}
            return self.matches(condition)
        return self.now(condition), None

    def matches(self, condition: ElementTree.Element) -> tuple[bool, re.Match[str] | None]:
        name, expression = condition.attrib["field"], condition.get("expression", "")
        value = self.text(name) if "$" in name else self.profile.get(name, "")
        match = re.search(expression, value)
        return match is not None, match if "(" in expression else None

    def now(self, condition: ElementTree.Element) -> bool:
        local = self.at.astimezone(ZoneInfo(self.variables.get("timezone", "UTC")))
        second = local.hour * 3600 + local.minute * 60 + local.second

        def within(span: str) -> bool:
            begin, end = (
                sum(int(part) * 60 ** (2 - at) for at, part in enumerate(time.split(":"))) for time in span.split("-")
            )
            return bool(begin <= second <= end)

        tests: dict[str, Callable[[str], bool]] = {
            "year": lambda text: int(text) == local.year,
            "mon": lambda text: int(text) == local.month,
            "mday": lambda text: int(text) == local.day,
            "wday": lambda text: DAYS[local.weekday()] in text.split(","),
            "time-of-day": within,
        }
        return all(tests[name](value) for name, value in condition.attrib.items() if name != "break")

    # ---- Variables

    def text(self, text: str) -> str:
        """Expand variables and functions, again and again, as FreeSWITCH does."""
        found, place = "", 0
        while place < len(text):
            if text[place] == "\\" and text[place + 1 : place + 2] in ("$", "\\"):
                found += text[place + 1]
                place += 2
            elif text.startswith("${", place):
                end = _closing(text, place + 1)
                found += self.value(text[place + 2 : end])
                place = end + 1
            else:
                found += text[place]
                place += 1
        return found

    def value(self, name: str) -> str:
        function = re.match(r"([a-z_]+)[ (]", name)
        if function is None:
            return self.text(self.variables.get(self.text(name), ""))
        data = self.text(name[function.end() :].removesuffix(")"))
        return self.function(function[1], data)

    def function(self, name: str, data: str) -> str:
        if name == "user_data":
            user, __, variable = data.split(" ")
            return self.pbx.user(*user.split("@")).get(variable, "")
        if name == "strftime_tz":
            return self.at.astimezone(ZoneInfo(data.split(" ", maxsplit=1)[0])).strftime(data.partition(" ")[2])
        if name in ("uuid_getvar", "callcenter_config"):
            return "-USAGE"
        if name == "hash" and data.startswith("select/"):
            return ""  # no edge has been silent
        if name in ("hash", "sched_api"):
            self.ran.append((name, data))
            return "+OK"
        if name == "bg_system":
            self.ran.append((name, data))
            return "+OK"
        raise AssertionError(f"the function {name} is not modelled")

    def assign(self, text: str) -> None:
        name, __, value = text.partition("=")
        value = self.text(value)
        if value:
            self.variables[name] = value
        else:
            self.variables.pop(name, None)

    # ---- Applications

    def run(self, name: str, data: str) -> None:
        self.ran.append((name, data))
        if name == "set":
            self.assign(data)
        elif name == "multiset":
            assert data.startswith("^^;")
            for each in data[3:].split(";"):
                self.assign(each)
        elif name == "unset":
            self.variables.pop(data, None)
        elif name == "set_profile_var":
            key, __, value = data.partition("=")
            self.profile[key] = value
        elif name == "transfer":
            number, kind, context = data.split(" ")
            assert kind == "XML"
            self.in_turn = False
            raise TransferError(number, context)
        elif name == "execute_extension":
            self.nested(data)
        elif name == "answer":
            self.answered = True
        elif name == "park":
            raise AssertionError("a call that was not transferred is parked")
        elif name in ("bridge", "callcenter", "voicemail", "playback", "play_and_get_digits", "hangup", "respond"):
            getattr(self, name)(data)
        else:
            assert name in ("log", "limit", "sleep", "record_session", "pre_answer", "blind_transfer_ack"), (
                f"the application {name} is not modelled"
            )

    def nested(self, data: str) -> None:
        number, __, context = data.split(" ")
        before = self.profile["destination_number"]
        self.profile["destination_number"] = number
        for name, inner in self.hunt(context):
            self.run(name, self.text(inner))
        self.profile["destination_number"] = before

    def bridge(self, data: str) -> None:
        options, legs = {}, data
        if data.startswith("{"):
            end = _closing(data, 0)
            options = dict(part.split("=", 1) for part in re.split(r",(?=[a-z_]+=)", data[1:end]))
            legs = data[end + 1 :]
        gateway = re.fullmatch(r"sofia/gateway/([^/]+)/([+0-9]+)", legs)
        if gateway:
            self.send(gateway[1], gateway[2], options)
            return
        telephones = re.findall(r"user/([0-9]+)@dialtone", legs)
        assert re.fullmatch(r"user/[0-9]+@dialtone(:_:user/[0-9]+@dialtone)*", legs), legs
        if self.in_turn:  # one after the other, with no destination in between
            self.steps[-1]["extensions"].extend(telephones)
            self.steps[-1]["how"] = "in_order"
        else:
            seconds = int(self.variables["call_timeout"])
            self.steps.append({"do": "ring", "extensions": telephones, "seconds": seconds, "how": "all"})
        self.in_turn = True
        self.variables["originate_disposition"] = "NO_ANSWER"

    def send(self, gateway: str, number: str, options: Mapping[str, str]) -> None:
        code = self.edges.get(gateway, 486)
        anonymous = "anonymous@anonymous.invalid" in options.get("sip_invite_full_from", "")
        step = {
            "do": "send",
            "number": number,
            "trunk": self.variables["dialtone_trunk"],
            "caller_id": options["origination_caller_id_number"],
            "anonymous": anonymous,
            "emergency": self.variables.get("dialtone_emergency") == "true",
        }
        if not self.steps or self.steps[-1] != step:
            self.steps.append(step)
        if code == 0:
            self.variables["originate_disposition"] = "GATEWAY_DOWN"
            return
        self.variables["sip_invite_failure_status"] = str(code)
        self.variables["originate_disposition"] = "USER_BUSY" if code == 486 else "NORMAL_TEMPORARY_FAILURE"

    def callcenter(self, data: str) -> None:
        self.steps.append({"do": "queue", "queue": data.removesuffix("@dialtone")})

    def voicemail(self, data: str) -> None:
        do = "hear" if data.startswith("check ") else "voicemail"
        self.steps.append({"do": do, "mailbox": data.rsplit(" ", maxsplit=1)[-1]})

    def playback(self, data: str) -> None:
        prompt = data.rsplit("/", 1)[-1]
        if not prompt.startswith(("greeting-", "recording.")):
            self.steps.append({"do": "play", "prompt": prompt})

    def play_and_get_digits(self, data: str) -> None:
        parts = data.split(" ")
        keys = self.keys
        if not parts[5].startswith("silence_stream"):
            menu = parts[5].rsplit("/", 1)[-1].removeprefix("menu-").removesuffix(".wav")
            step = {"do": "menu", "menu": menu}
            if keys:
                self.steps.clear()
            elif not self.steps or self.steps[-1] != step:
                self.steps.append(step)
        if keys:
            pressed = keys.pop(0)
            if re.search(parts[8], pressed):
                self.variables[parts[7]] = pressed

    def respond(self, data: str) -> None:
        self.code = self.code or int(data.split(" ", maxsplit=1)[0])

    def hangup(self, data: str) -> None:
        last = self.steps[-1]["do"] if self.steps else ""
        # A message and an answer from outside end the call themselves.
        if last not in ("voicemail", "hear", "send"):
            end = {"do": "end"} if self.answered else {"do": "refuse", "code": self.code or CAUSES[data]}
            self.steps.append(end)
        raise OverError


def _substituted(data: str, match: re.Match[str]) -> str:
    return re.sub(r"\$\{?([0-9]+)\}?", lambda number: _group(match, int(number[1])), data)


def _group(match: re.Match[str], number: int) -> str:
    return (match[number] or "") if number <= (match.re.groups or 0) else ""


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise AssertionError(f"no end of {text[opening:]}")


def golden(
    pbx: Pbx, plan: Mapping[str, Any], case: Mapping[str, Any], at: datetime
) -> tuple[list[dict[str, Any]], str]:
    """Return the steps of a golden call, and what telephones of the office see of the caller."""
    source: Mapping[str, str] = case["from"]
    call = Call(pbx, at)
    if "carrier" in source:
        context = "dialtone-carrier"
        call.profile = {"caller_id_number": source["carrier"], "caller_id_name": source["carrier"]}
    elif "extension" in source:
        context = "dialtone-telephones"
        call.variables = pbx.user(source["extension"])
        call.variables["sip_via_protocol"] = call.variables["dialtone_transport"]
        call.profile = {"caller_id_number": "+19005550100", "caller_id_name": "${system(false)}"}
    else:
        context = "dialtone-transfer"
        party = "inside" if source["party"] == "colleague" else "outside"
        call.variables = {"dialtone_side": party, "dialtone_transferer": source["transfer"]}
        if party == "outside":
            call.variables["dialtone_number_called"] = "+19005550100"
    dialled = str(case["dial"])
    if dialled in plan["emergency"]["numbers"]:
        call.edges = {edge["name"]: 503 for trunk in plan["trunks"] for edge in trunk["edges"]}
    if "menu" in case:
        call.detour = "menu-" + case["menu"]
        key = str(case["key"])
        call.keys = [key[0], *([key[1:]] if key[1:] else [])]
        if case.get("passed"):
            call.variables["dialtone_hops"] = "x" * (case["passed"] - 1)
    steps = call.dial(dialled, context)
    return steps, call.variables.get("effective_caller_id_number", "")


def ways(steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return steps as the golden files write them: what goes without saying is left out."""
    plain = {"how": "all", "anonymous": False, "emergency": False}
    return [{key: value for key, value in step.items() if plain.get(key) != value} for step in steps]
