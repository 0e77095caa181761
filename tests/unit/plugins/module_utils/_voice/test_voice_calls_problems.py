# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a PBX from following the description is found, all at once, with path, value and remedy."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from golden_calls import description as golden
from voice_offices import OPTIONS, hosts, office
from voice_offices import problems as of_offices

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description
from ansible_collections.dialtone.voice.plugins.module_utils._voice.calls import problems, schedule_checks

SOUND = golden("us")
RING = "voice_destinations.ring_groups"
QUEUE = "voice_destinations.queues"
MENU = "voice_destinations.menus"
HOURS = "voice_destinations.schedules"
SAY = "voice_destinations.announcements"
OUT = "voice_destinations.external"
EXTENSION = "voice_extensions"
LIMITS = "voice_dialplan.limits"


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """Return the sound office with other values, by paths such as ``voice_numbers.0.trunk``; None takes away."""
    variables = copy.deepcopy(SOUND)
    for path, value in changes:
        *way, last = path.split(".")
        place: Any = variables
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if isinstance(place, list) and last == "+":
            place.append(value)
        elif isinstance(place, list):
            place[int(last)] = value
        elif value is None:
            del place[last]
        else:
            place[last] = value
    return variables


def found(*changes: tuple[str, Any]) -> list[str]:
    return problems.host_problems(changed(*changes), OPTIONS)


def test_a_sound_office_has_no_problems() -> None:
    assert found() == []
    assert of_offices(changed()) == []


CASES: list[tuple[str, Any, str, str]] = [
    # Destinations: one option, and a name that is there
    (f"{EXTENSION}.0.otherwise", {}, "voice_extensions[0].otherwise: nobody is rung", "or hangup: busy"),
    (f"{EXTENSION}.0.otherwise", {"extension": "103", "hangup": "busy"}, "both extension and hangup", "keep one"),
    ("voice_numbers.0.destination", {"extension": "101", "queue": "support", "menu": "main"},
     "destination: extension, queue and menu", "keep one"),
    ("voice_numbers.0.destination", {"ring_group": "sale"}, "destination.ring_group: 'sale' is not a ring group",
     "did you mean 'sales'? voice_destinations.ring_groups has sales, nights."),
    ("voice_numbers.0.destination", {"hangup": "bussy"}, "destination.hangup: 'bussy' cannot be", "mean 'busy'"),
    (f"{EXTENSION}.0.otherwise", {"voicemail": "999"}, "otherwise.voicemail: '999' is not a mailbox", "has 101, 105"),
    (f"{EXTENSION}.0.otherwise", {"unassigned": True}, "otherwise.unassigned: no such option", "Known are extension"),
    (f"{HOURS}.0.during", {"queue": "x"}, "schedules[0].during.queue: 'x' is not a queue", "has support, overflow"),
    (f"{HOURS}.0.on_holiday", {"menu": "man"}, "schedules[0].on_holiday.menu: 'man'", "did you mean 'main'?"),
    (f"{HOURS}.0.during", None, "schedules[0].during: it is missing", "set it"),
    (f"{MENU}.0.keys.5", {"external": "no-call"}, "menus[0].keys.5.external: 'no-call' is not", "mean 'on-call'?"),
    (f"{SAY}.0.otherwise", {"schedule": "x"}, "announcements[0].otherwise.schedule: 'x' is not a schedule",
     "has office"),
    (f"{SAY}.0.otherwise", {"announcement": "x"}, "otherwise.announcement: 'x' is not an announcement", "closed"),
    # Numbers inside
    (f"{EXTENSION}.1.extension", "101", "voice_extensions[1].extension: '101' is voice_extensions[0] too",
     "remove one"),
    (f"{RING}.0.extension", "101", f"{RING}[0].extension: '101' is voice_extensions[0] too", "remove one"),
    (f"{QUEUE}.0.extension", "600", f"{QUEUE}[0].extension: '600' is {RING}[0] too", "remove one"),
    (f"{RING}.0.extension", "6", f"{RING}[0].extension: '6' is not an extension", "2 to 8 digits"),
    (f"{RING}.0.extension", "911", "'911' is an emergency number in US", "choose another"),
    (f"{RING}.0.extension", "555", "'555' is an emergency number of voice_dialplan.emergency.numbers", "another"),
    ("voice_voicemail", {"extension": "600"}, f"voice_voicemail.extension: '600' is {RING}[0] too", "choose another"),
    ("voice_voicemail", {"extension": "933"}, "voice_voicemail.extension: '933' is an emergency", "choose another"),
    ("voice_voicemail", {"extension": "*9a"}, "voice_voicemail.extension: '*9a' cannot be dialled", "such as *97"),
    ("voice_mailboxes.1.mailbox", "101", "voice_mailboxes[1].mailbox: '101' is voice_mailboxes[0] too", "remove one"),
    ("voice_mailboxes.1.mailbox", "x1", "voice_mailboxes[1].mailbox: 'x1' is not a mailbox", "2 to 8 digits"),
    ("voice_voicemail", {"extension": "105"}, "mailboxes[1].mailbox: '105' is voice_voicemail.extension", "another"),
    ("voice_dialplan.emergency.numbers", ["1"], "emergency.numbers[0]: '1' is not", "2 to 6 digits"),
    ("voice_dialplan.emergency.numbers", [115], "emergency.numbers[0]: '115' is not text", "in quotes"),
    ("voice_dialplan.emergency.numbers", ["115", "115"], "emergency.numbers[1]: '115' is there twice", "remove one"),
    # Names, members, keys
    (f"{RING}.0.name", "Sales", f"{RING}[0].name: 'Sales' is not a name", "a-z, 0-9 and hyphens"),
    (f"{RING}.1.name", "sales", f"{RING}[1].name: 'sales' is the name of {RING}[0] too", "give each its own"),
    (f"{RING}.0.members", [], f"{RING}[0].members: it is empty", "name at least one"),
    (f"{RING}.0.members", ["101", "110"], f"{RING}[0].members[1]: '110' is not an extension", "did you mean '10"),
    (f"{QUEUE}.0.members", ["101", "101"], f"{QUEUE}[0].members[1]: '101' is there twice", "remove one"),
    (f"{MENU}.1.keys", {}, f"{MENU}[1].keys: it is empty", "name at least one key"),
    (f"{MENU}.0.keys.12", {"hangup": "busy"}, f"{MENU}[0].keys: '12' is not a key", "0 to 9, * or #"),
    (f"{MENU}.0.keys.A", {"hangup": "busy"}, f"{MENU}[0].keys: 'A' is not a key", "0 to 9, * or #"),
    (f"{MENU}.0.keys", {"1": {"hangup": "busy"}, 1: {"hangup": "busy"}}, "keys: '1' is there twice", "remove one"),
    (f"{MENU}.0.keys", {"1": None}, f"{MENU}[0].keys.1: it is empty", "say where it leads"),
    (f"{MENU}.0.keys", {"1": "101"}, f"{MENU}[0].keys.1: it is not a dictionary", "OPTION: VALUE"),
    (f"{MENU}.0.keys", {"1": {"extention": "101"}}, "keys.1.extention: no such option", "mean 'extension'"),
    (f"{MENU}.0.keys", "x", f"{MENU}[0].keys: it is not a dictionary", "OPTION: VALUE"),
    (f"{MENU}.0.dial_extensions", True,
     "menus[0].keys.1: dial_extensions is true, and extension 101, 102, 103, 104, 105 and 4 more begins",
     "such as 4"),
    (f"{MENU}.0.prompt", "", f"{MENU}[0].prompt: it is empty", "name a WAV file"),
    (f"{SAY}.0.prompt", 5, f"{SAY}[0].prompt: '5' is not text", "in quotes"),
    # Outside
    (f"{OUT}.0.number", "call me", f"{OUT}[0].number: 'call me' is not a telephone number", "digits"),
    (f"{OUT}.0.number", "911", f"{OUT}[0].number: '911' is an emergency number", "another number"),
    (f"{OUT}.0.number", "555", f"{OUT}[0].number: '555' is an emergency number", "another number"),
    (f"{OUT}.0.number", "202-555-0103", f"{OUT}[0].number: '202-555-0103' is in voice_numbers", "name the destination"),
    (f"{OUT}.0.number", "+19005550123", "not allowed by voice_dialplan, being premium_rate of US",
     "voice_dialplan.allow"),
    (f"{OUT}.0.number", "+33142685300", "'+33142685300' is not allowed by voice_dialplan:", "voice_dialplan.countries"),
    (f"{OUT}.0.caller_id", "+12025550199", f"{OUT}[0].caller_id: '+12025550199' is not in voice_numbers", "Twilio"),
    (f"{EXTENSION}.0.emergency_caller_id", "+13015550101", "emergency_caller_id: '+13015550101' is not in", "Twilio"),
    (f"{EXTENSION}.0.emergency_caller_id", "x", "voice_extensions[0].emergency_caller_id: 'x' is not", "digits"),
    # Circles
    (f"{RING}.0.otherwise", {"extension": "102"},
     "a call that nobody takes goes in a circle, extension 102 → ring group sales → extension 102", "elsewhere"),
    (f"{SAY}.11.otherwise", {"announcement": "chain-10"}, "in a circle, announcement chain-10 → announcement chain-10",
     "such as to voicemail"),
    (f"{MENU}.0.otherwise", {"menu": "main"}, "menus[0].otherwise: a call that nobody takes goes in a circle",
     "menu main"),
    (f"{HOURS}.2.on_holiday", {"schedule": "everything"}, "schedules[2].on_holiday: a call", "schedule everything →"),
    # Schedules
    (f"{HOURS}.0.timezone", "America/NewYork", "timezone: 'America/NewYork' is not a time zone", "'America/New_York'?"),
    (f"{HOURS}.0.timezone", "new york", "timezone: 'new york' is not a time zone", "did you mean 'America/New_York'?"),
    (f"{HOURS}.0.timezone", "!!", "timezone: '!!' is not a time zone", "IANA"),
    (f"{HOURS}.0.open", [], f"{HOURS}[0].open: it is empty", "write the hours"),
    (f"{HOURS}.0.open.0.days", [], "open[0].days: it is empty", "mon, tue"),
    (f"{HOURS}.0.open.0.days", ["mon", "mon"], "open[0].days[1]: 'mon' is there twice", "remove one"),
    (f"{HOURS}.0.open.0.days", ["monday"], "open[0].days[0]: 'monday' cannot be chosen", "mean 'mon"),
    (f"{HOURS}.0.open.0.from", "9:00", "open[0].from: '9:00' is not a time", "HH:MM"),
    (f"{HOURS}.0.open.0.to", "24:01", "open[0].to: '24:01' is not a time", "HH:MM"),
    (f"{HOURS}.0.open.0.from", 540, "open[0].from: '540' is not text", "quotes"),
    (f"{HOURS}.0.open.0.from", "13:00", "open[0]: 13:00 to 12:30 is no span", "two entries"),
    (f"{HOURS}.0.holidays.0.from", "24:00", "holidays[0]: 24:00 to 24:00 is no span", "two entries"),
    (f"{HOURS}.0.holidays.0.date", "25.12.", "holidays[0].date: '25.12.' is not a date", "YYYY-MM-DD"),
    (f"{HOURS}.0.holidays.0.date", "13-01", "holidays[0].date: '13-01' is not a date", "month goes from 01 to 12"),
    (f"{HOURS}.0.holidays.0.date", "04-31", "holidays[0].date: '04-31' is not a date", "that month has 30 days"),
    (f"{HOURS}.0.holidays.0.date", "2027-02-29", "holidays[0].date: '2027-02-29' is not", "that month has 28 days"),
    (f"{HOURS}.0.holidays.0.date", "02-30", "holidays[0].date: '02-30' is not a date", "that month has 29 days"),
    (f"{HOURS}.0.holidays.0.date", "0000-01-01", "date: '0000-01-01' is not a date", "month"),
    # Voicemail and recording
    ("voice_mailboxes.0.email", "reception", "voice_mailboxes[0].email: 'reception' is not an address", "example.com"),
    (f"{EXTENSION}.0.mailbox", "102", "voice_extensions[0].mailbox: '102' is not a mailbox", "has 101, 105."),
    ("voice_voicemail", {"most_messages": 0}, "voice_voicemail.most_messages: 0 is outside 1 to 9999", "within"),
    ("voice_voicemail", {"most_seconds": 5}, "voice_voicemail.most_seconds: 5 is outside 10 to 3600", "within"),
    ("voice_voicemail", {"keep_days": -1}, "voice_voicemail.keep_days: -1 is outside 0", "within"),
    ("voice_call_recording", {"prompt": "x.wav"}, "voice_call_recording.prompt: it is there, but calls is 'none'",
     "remove"),
    ("voice_call_recording", {"calls": "outbound", "prompt": "x.wav"}, "but calls is 'outbound'", "calls: inbound"),
    (f"{EXTENSION}.0.record", True, "voice_extensions[0].record: it is true, but", "calls: marked"),
    ("voice_cdr_keep_days", -5, "voice_cdr_keep_days: -5 is outside 0", "within"),
    # Ranges
    (f"{EXTENSION}.0.calls", 0, "voice_extensions[0].calls: 0 is outside 1 to 1000", "within"),
    (f"{EXTENSION}.0.ring_seconds", 301, "voice_extensions[0].ring_seconds: 301 is outside 5 to 300", "within"),
    (f"{RING}.0.ring_seconds", 4, f"{RING}[0].ring_seconds: 4 is outside 5 to 300", "within"),
    (f"{QUEUE}.0.wait_seconds", 9, f"{QUEUE}[0].wait_seconds: 9 is outside 10 to 7200", "within"),
    (f"{MENU}.0.attempts", 11, f"{MENU}[0].attempts: 11 is outside 1 to 10", "within"),
    (f"{LIMITS}.extension_calls", -1, "limits.extension_calls: -1 is outside 0", "within"),
    ("voice_ring_seconds", 1, "voice_ring_seconds: 1 is outside 5 to 300", "within"),
    ("voice_outbound_answer_seconds", 601, "voice_outbound_answer_seconds: 601 is outside 10 to 600", "within"),
    ("voice_edge_timeout_seconds", 6, "voice_edge_timeout_seconds: 6 is outside 7 to 32", "within"),
    ("voice_contacts_per_extension", 21, "voice_contacts_per_extension: 21 is outside 1 to 20", "within"),
    ("voice_qualify_seconds", 14, "voice_qualify_seconds: 14 is not possible: the carrier bans", "15 to 86400, or 0"),
    ("voice_qualify_seconds", -1, "voice_qualify_seconds: -1 is not possible", "or 0 for never"),
    # Out by the carrier
    (f"{EXTENSION}.0.allow", ["nationl"], "voice_extensions[0].allow[0]: 'nationl' cannot be chosen", "mean 'national"),
    (f"{EXTENSION}.0.allow", ["national", "national"], "voice_extensions[0].allow[1]: 'national' is there twice",
     "one"),
    (f"{EXTENSION}.0.countries", ["UK"], "voice_extensions[0].countries[0]: 'UK' is not", "'GB'"),
    (f"{EXTENSION}.0.countries", ["US"], "voice_extensions[0].countries[0]: 'US' is voice_country", "'national'"),
    (f"{EXTENSION}.7.countries", ["FR"],
     "voice_extensions[7].countries: it lists FR although voice_extensions[7].allow",
     "empty the list"),
    (f"{EXTENSION}.6.countries", [],
     "voice_extensions[6].countries: it is empty although voice_extensions[6].allow has",
     "list the countries"),
    ("voice_codecs", ["g722", "opus"], "voice_codecs: neither ulaw nor alaw", "add one"),
    ("voice_codecs", ["ulaw", "ulaw"], "voice_codecs[1]: 'ulaw' is there twice", "remove one"),
    ("voice_sip_realm", 'a"b', "voice_sip_realm: 'a\"b' is not a realm", "letters, digits"),
    ("voice_trunks.1.name", "acme hq", "voice_trunks[1].name: 'acme hq' differs from 'acme-hq' in punctuation",
     "rename"),
    ("voice_trunks.0.edges", ["ashbrun"], "voice_trunks[0].edges[0]: 'ashbrun' is not an edge", "mean 'ashburn'"),
    ("voice_carrier_networks", {"media": "x"}, "voice_carrier_networks.media: it is not a list", "one entry to a line"),
    ("voice_trunk_credentials", {"acme": {"username": "a", "password": "b"}},
     "voice_trunk_credentials.acme: 'acme' is not a trunk", "did you mean 'acme-"),
    ("voice_trunk_credentials", {"acme-hq": "x"}, "voice_trunk_credentials.acme-hq: it is not a dictionary",
     "username"),
    ("voice_trunk_credentials", {"acme-hq": {"user": "a"}}, "acme-hq.user: no such option", "username, password"),
    ("voice_trunk_credentials", {"acme-hq": {"username": "a"}}, "acme-hq.password: it is missing", "set it"),
    ("voice_trunk_credentials", {"acme-hq": {"username": "a", "password": "{{ x }}"}}, "is not defined", "the vault"),
    ("voice_trunk_credentials", {"acme-hq": {"username": " a", "password": "b"}}, "acme-hq.username: it is no",
     "ASCII"),
    ("voice_trunk_credentials", {"acme-hq": {"username": "a", "password": 5}}, "acme-hq.password: it is no text",
     "ASCII"),
    ("voice_trunks.0.authentication", {"credentials": ["x"]}, "voice_trunk_credentials: nothing for 'acme-hq'",
     "vault"),
    # Emergencies
    ("voice_numbers.0.emergency_address", None,
     "voice_numbers[0].emergency_address: emergency calls of extension 101, ",
     "name one of voice_addresses"),
    (f"{EXTENSION}.4.emergency_caller_id", "+12025550114", "voice_numbers[13].trunk: emergency calls of extension 105",
     "direction: both"),
    ("voice_dialplan.emergency.notify_command", "tell", "notify_command: 'tell' is not the absolute path",
     "/usr/local"),
    ("voice_dialplan.emergency.notify_command", "/bin/sh -c x", "'/bin/sh -c x' is not the absolute",
     "without arguments"),
    # The PBX itself
    ("voice_sip_port", 0, "voice_sip_port: 0 is outside 1 to 65535", "within"),
    ("voice_sip_tls_port", 70000, "voice_sip_tls_port: 70000 is outside 1 to 65535", "within"),
    ("voice_sip_tls_port", 5060, "voice_sip_tls_port: 5060 is voice_sip_port too", "its own"),
    ("voice_sip_port", 10001, "voice_sip_port: 10001 is in the media range 10000 to 19999", "move one"),
    ("voice_rtp_start", 1000, "voice_rtp_start: 1000 to 19999 (voice_rtp_end) is no media range", "even start"),
    ("voice_rtp_start", 10001, "voice_rtp_start: 10001 to 19999", "even start"),
    ("voice_rtp_end", 65536, "voice_rtp_start: 10000 to 65536", "up to 65535"),
    ("voice_rtp_end", 10002, "voice_rtp_start: 10000 to 10002", "at least 4 ports"),
    ("voice_rtp_end", 10118,
     "voice_rtp_end: 10000 to 10118 are ports for 29 calls, but voice_dialplan.limits.calls is 30",
     "120 ports"),
    ("voice_bind_address", "pbx", "voice_bind_address: 'pbx' is not an IPv4 address", "0.0.0.0"),
    ("voice_external_address", "yes", "voice_external_address: 'yes' is not an IPv4 address", "auto, none"),
    ("voice_local_networks", ["10.0.0.1/8"], "voice_local_networks[0]: '10.0.0.1/8' is not an IPv4 network", "such as"),
    ("voice_pbx_software", "astrisk", "voice_pbx_software: 'astrisk' cannot be chosen", "mean 'asterisk'"),
    ("voice_tls", {"source": "files"}, "voice_tls.certificate: it is missing, but source is 'files'", "set it"),
    ("voice_tls", {"source": "files", "certificate": "a"}, "voice_tls.key: it is missing", "set it"),
    ("voice_tls", {"source": "acme"}, "voice_tls.live_directory: it is missing, but source is 'acme'", "set it"),
    ("voice_tls", {"source": "acme", "live_directory": "x"}, "live_directory: 'x' is a path on the PBX", "slash"),
    ("voice_tls", {"live_directory": "/x"}, "voice_tls.live_directory: it is there, but source is 'private_ca'",
     "acme"),
    ("voice_tls", {"certificate": "x"}, "voice_tls.certificate: it is there, but", "write source: files"),
    ("voice_tls", {"name": "a b"}, "voice_tls.name: 'a b' is neither a DNS name nor an address", "pbx.example.com"),
    ("voice_tls", {"carrier_ca": "x"}, "voice_tls.carrier_ca: 'x' is a path on the PBX", "slash"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "what", "remedy"), CASES, ids=[case[2] for case in CASES])
def test_a_problem_names_path_value_and_remedy(path: str, value: Any, what: str, remedy: str) -> None:
    variables = changed((path, value))
    sentences = problems.host_problems(variables, OPTIONS)
    assert any(what in sentence and remedy in sentence for sentence in sentences), sentences
    assert len(set(sentences)) == len(sentences)
    # The check of all hosts finds the same.
    assert any(what in sentence and remedy in sentence for sentence in of_offices(variables))


def test_everything_is_found_at_once() -> None:
    sentences = found(
        (f"{EXTENSION}.1.extension", "101"),
        ("voice_numbers.1.destination", {}),
        ("voice_numbers.2.destination", {"queue": "nowhere"}),
        (f"{EXTENSION}.0.secret", "1234"),
        ("voice_rtp_end", 10011),
    )
    for part in (
        "voice_extensions[1].extension: '101' is voice_extensions[0] too",
        "voice_numbers[1].destination: nobody is rung",
        "voice_numbers[2].destination.queue: 'nowhere' is not a queue",
        "voice_extensions[0].secret: it is shorter than 12 characters",
        "voice_rtp_end: 10000 to 10011 are ports for 3 calls",
    ):
        assert any(part in sentence for sentence in sentences), part


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{MENU}.0.keys", {1: {"extension": "102"}, 0: {"hangup": "busy"}, "*": {"queue": "support"}}),
        (f"{HOURS}.0.open.0", {"days": ["mon"]}),
        (f"{HOURS}.0.holidays.0.date", "02-29"),
        (f"{HOURS}.0.holidays.0.date", "2028-02-29"),
        # Around by a key is the caller's own will.
        (f"{MENU}.1.keys", {"*": {"menu": "hidden"}}),
        (f"{LIMITS}.calls", 0),
        ("voice_qualify_seconds", 0),
        ("voice_qualify_seconds", 15),
        ("voice_codecs", ["opus", "g722", "alaw"]),
        ("voice_external_address", "none"),
        ("voice_external_address", "203.0.113.9"),
        ("voice_tls", {"source": "acme", "live_directory": "/etc/letsencrypt/live/pbx.example.com"}),
        ("voice_tls", {"source": "files", "certificate": "a.pem", "key": "b.pem"}),
        ("voice_tls", {"name": "pbx.example.com", "directory": "ca", "verify_carrier": False}),
        ("voice_call_recording", {"calls": "all", "prompt": "x.wav", "keep_days": 0}),
        ("voice_trunk_credentials", {"acme-hq": {"username": "a b", "password": "c d"}}),
        ("voice_mailboxes.0.email", "reception@example.com"),
        (f"{OUT}.0.number", "(202) 555-0199"),
        (f"{EXTENSION}.0.allow", []),
    ],
)
def test_what_is_not_a_problem(path: str, value: Any) -> None:
    assert found((path, value)) == []


PINS = {
    "12345": "it is not 6 to 12 digits",
    "1234567890123": "it is not 6 to 12 digits",
    "12a456": "it is not 6 to 12 digits",
    "123456": "it is a run of digits",
    "987654": "it is a run of digits",
    "777777": "it is a repetition",
    "121212": "it is a repetition",
    "135135": "it is a repetition",
    "10502468": "it is the number of the mailbox",
}


@pytest.mark.parametrize("pin", PINS)
def test_pins_that_can_be_guessed_are_named_and_not_shown(pin: str) -> None:
    sentences = found(("voice_mailboxes.1.pin", pin), ("voice_mailboxes.1.mailbox", "10502468"))
    assert [sentence for sentence in sentences if PINS[pin] in sentence and "voice_mailboxes[1].pin" in sentence]
    assert not [sentence for sentence in sentences if pin in sentence.replace("'10502468'", "")]


def test_a_pin_is_one_mailboxs_own_and_a_number_is_no_text() -> None:
    (shared,) = found(("voice_mailboxes.1.pin", "805271"))
    assert shared.startswith("voice_mailboxes[1].pin: voice_mailboxes[0] has the same")
    (number,) = found(("voice_mailboxes.1.pin", 405162))
    assert number == "voice_mailboxes[1].pin: the value is not text: write it in quotes."


def test_no_sentence_holds_a_secret() -> None:
    variables = changed(
        ("voice_trunk_credentials", {"acme-hq": {"username": "a", "password": "hunter2\u00fc"}}),
        ("voice_trunk_credentials.x", "hunter2"),
        (f"{EXTENSION}.0.secret", "hunter2"),
        ("voice_mailboxes.0.pin", "hunter2"),
    )
    assert len(problems.host_problems(variables, OPTIONS)) == 5
    assert "hunter2" not in json.dumps(problems.host_problems(variables, OPTIONS), ensure_ascii=False)


def test_an_office_without_a_way_out_may_not_call_out() -> None:
    inbound = [(f"voice_trunks.{place}.direction", "inbound") for place in range(3)]
    sentences = found(*inbound)
    assert any(sentence.startswith("voice_dialplan.allow: extensions may call outside") for sentence in sentences)
    assert any(sentence.startswith(f"{OUT}[1]: it is outside, but all trunks are inbound") for sentence in sentences)


def test_names_of_trunks_may_be_alike_where_no_pbx_has_them() -> None:
    variables = office(voice_extensions=[])
    first = variables["voice_trunks"][0]
    variables["voice_trunks"].append({**first, "name": "acme hq production", "domain_name": "x.pstn.twilio.com"})
    for entry in variables["voice_numbers"]:
        entry["destination"] = {"unassigned": True}
    assert of_offices(variables) == []
    variables["voice_numbers"][0]["destination"] = {"hangup": "busy"}
    assert any("differs from 'acme-hq-production' in punctuation" in sentence for sentence in of_offices(variables))


def test_a_pbx_needs_a_trunk() -> None:
    assert "voice_trunks: it is empty: describe at least one trunk." in found(("voice_trunks", []))


def test_who_only_receives_needs_no_credentials_and_no_way_out() -> None:
    variables = office(voice_extensions=[], voice_dialplan={"allow": ["national"]})
    variables["voice_trunks"][0]["authentication"] = {"credentials": ["pbxs"]}
    for entry in variables["voice_numbers"]:
        entry["destination"] = {"hangup": "declined"}
    assert of_offices(variables) == []


@pytest.mark.parametrize(("country", "code"), [("US", "+1202555"), ("CA", "+1613555"), ("GB", "+44113496"), ("FR", "")])
def test_addresses_are_asked_for_where_the_carrier_registers_them(country: str, code: str) -> None:
    variables = office(voice_country=country, voice_dialplan={"allow": ["national"]})
    for place, entry in enumerate(variables["voice_numbers"], start=1):
        entry["number"] = f"{code or '+3314268530'}010{place}" if code else f"+3314268530{place}"
    for entry in variables["voice_extensions"]:
        entry.pop("caller_id", None)
    sentences = of_offices(variables)
    assert bool(sentences) is bool(code)
    assert all("emergency_address: emergency calls of extension 10" in sentence for sentence in sentences)


def test_telephones_without_any_number_cannot_say_where_they_are() -> None:
    (sentence,) = of_offices(office(voice_numbers=[], voice_extensions=[
        {"extension": "101", "secret": "kJ8_xq2Lw0TzPf5mQa9R"}], voice_dialplan={}))  # fmt: skip
    assert sentence.startswith("voice_extensions: emergency calls of extension 101 have no number of voice_numbers")
    assert "address_required: false only if" in sentence


def test_a_python_without_time_zones_is_told_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_checks, "_zones", frozenset)
    sentences = found()
    assert len(sentences) == 3
    assert all("knows no time zones: install the package tzdata" in sentence for sentence in sentences)


def test_hosts_of_one_office_may_differ_in_what_is_theirs() -> None:
    entries = hosts(office())
    entries[1].update(voice_sip_port=5080, voice_pbx_software="freeswitch", voice_rtp_end=20999)
    assert description.problems(entries, OPTIONS) == []
    entries[1]["voice_sip_port"] = 0
    assert description.problems(entries, OPTIONS) == [
        "voice_sip_port of pbx2: 0 is outside 1 to 65535: choose a number within."
    ]
    entries[0]["voice_sip_port"] = 0
    assert description.problems(entries, OPTIONS) == [
        "voice_sip_port: 0 is outside 1 to 65535: choose a number within."
    ]
    entries[1]["voice_sip_port"] = "x"
    assert description.problems(entries, OPTIONS) == [
        "voice_sip_port of pbx1: 0 is outside 1 to 65535: choose a number within.",
        "voice_sip_port of pbx2: 'x' is not a whole number: write digits only.",
    ]


@pytest.mark.parametrize("garbage", ["x", [5], {"a": 1}, [None], [{}]])
def test_garbage_anywhere_is_a_sentence(garbage: Any) -> None:
    places = [name for name in OPTIONS if name.startswith("voice_")]
    nested = [f"voice_destinations.{name}" for name in OPTIONS["voice_destinations"]["options"]]
    deeper = [
        f"voice_destinations.{listed}.0.{option}"
        for listed, spec in OPTIONS["voice_destinations"]["options"].items()
        for option in spec["options"]
    ]
    deeper += [f"{EXTENSION}.0.{option}" for option in OPTIONS["voice_extensions"]["options"]]
    deeper += [f"voice_dialplan.{option}" for option in OPTIONS["voice_dialplan"]["options"]]
    for path in [*places, *nested, *deeper]:
        for sentence in problems.host_problems(changed((path, garbage)), OPTIONS):
            assert ": " in sentence
            assert sentence[-1] in ".?"
