# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role writes for FreeSWITCH: well-formed, safe with any name, and as the description says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from freeswitch.evaluate import Pbx
from freeswitch.schema import problems
from freeswitch_offices import HOSTILE, OFFICES, PASSWORD, ROOT

CASES = sorted(OFFICES)


def params(pbx: Pbx, path: str) -> dict[str, str]:
    return {each.attrib["name"]: each.attrib["value"] for each in pbx.root.findall(path + "/param")}


def settings(pbx: Pbx) -> dict[str, str]:
    return params(pbx, ".//profile[@name='dialtone']/settings")


@pytest.mark.parametrize("name", CASES)
def test_expanded_configuration_fits_the_schema(name: str, expanded: dict[str, str]) -> None:
    assert problems(expanded[name]) == []


def test_the_schema_finds_what_is_missing(expanded: dict[str, str]) -> None:
    text = expanded["golden_us"]
    assert problems(text.replace("user/101@dialtone", "user/999@dialtone"))
    assert problems(text.replace('<context name="dialtone-limits">', '<context name="dialtone-limit">'))
    assert problems(text.replace('application="answer"', 'application="anwser"'))
    assert problems(text.replace("extension-102$", "extension-1022$"))


@pytest.mark.parametrize("name", CASES)
def test_instructions_of_the_preprocessor_stand_alone(name: str, rendered: dict[str, Any]) -> None:
    for file, text in rendered[name]["files"].items():
        for line in text.splitlines():
            if "x-pre-process" in line.lower():
                assert re.fullmatch(r'\s*<X-PRE-PROCESS cmd="include" data="[^"]+"/>', line), f"{file}: {line}"
            if "<include>" in line or "</include>" in line:
                assert line.strip() in ("<include>", "</include>"), f"{file}: {line}"


@pytest.mark.parametrize("name", CASES)
def test_includes_are_relative_but_for_the_hosts_own_places(name: str, rendered: dict[str, Any]) -> None:
    for text in rendered[name]["files"].values():
        for place in re.findall(r'cmd="include" data="(/[^"]+)"', text):
            assert place.startswith(("/etc/freeswitch/dialtone-site/", "/etc/freeswitch/dialtone-secrets/"))


def test_hostile_names_change_nothing_but_names(pbxs: dict[str, Pbx]) -> None:
    plain, hostile = pbxs["golden_us"], pbxs["hostile"]
    shape = [(each.tag, sorted(each.attrib)) for each in plain.root.iter() if each.tag not in ("gateway", "param")]
    assert shape == [
        (each.tag, sorted(each.attrib)) for each in hostile.root.iter() if each.tag not in ("gateway", "param")
    ]
    for extension in ("101", "102", "103", "104"):
        shown = hostile.user(extension)["effective_caller_id_name"]
        assert re.fullmatch(r"[\w .+-]+", shown)
    assert not [word for word in HOSTILE if word in hostile.text]


def test_a_hostile_name_reaches_the_notice_of_an_emergency_call_as_one_word(pbxs: dict[str, Pbx]) -> None:
    told = [
        each.attrib["data"]
        for each in pbxs["hostile"].root.iterfind(".//action")
        if "bg_system" in each.get("data", "")
    ]
    assert len(told) == len(OFFICES["hostile"]["voice_extensions"])
    assert "'x-pre-process'" in told[3] or " x-pre-process " in told[3]


def test_a_hostile_password_arrives_whole(pbxs: dict[str, Pbx]) -> None:
    gateways = [each for each in pbxs["hostile"].root.iterfind(".//gateway") if "acme-hq-" in each.attrib["name"]]
    assert len(gateways) == 4
    for gateway in gateways:
        found = {each.attrib["name"]: each.attrib["value"] for each in gateway.iterfind("param")}
        assert (found["username"], found["password"]) == ("user<&>", PASSWORD)


@pytest.mark.parametrize("name", CASES)
def test_no_secret_stands_in_a_file_that_is_shown(name: str, rendered: dict[str, Any]) -> None:
    office = OFFICES[name]
    secrets = [each["secret"] for each in office["voice_extensions"]] + [
        each["pin"] for each in office.get("voice_mailboxes", [])
    ]
    secrets.append("p&quot;")
    hidden = ("directory/telephones.xml", "directory/mailboxes.xml", "autoload_configs/gateways/with-credentials.xml")
    for file, text in rendered[name]["files"].items():
        if file not in hidden:
            assert not [secret for secret in secrets if secret in text], file
    assert not [
        each["secret"] for each in office["voice_extensions"] if each["secret"] in rendered[name]["files"][hidden[0]]
    ]


@pytest.mark.parametrize("name", CASES)
def test_nobody_calls_without_a_secret_but_the_carrier(name: str, pbxs: dict[str, Pbx]) -> None:
    found = settings(pbxs[name])
    assert found["auth-calls"] == "true"
    assert found["accept-blind-auth"] == found["accept-blind-reg"] == "false"
    assert found["apply-inbound-acl"] == found["context"] == "dialtone-carrier"
    assert found["inbound-reg-force-matching-username"] == found["log-auth-failures"] == "true"
    for domain in pbxs[name].root.iterfind(".//domain"):
        assert domain.find("params/param[@name='allow-empty-password']").attrib["value"] == "false"  # type: ignore[union-attr]
    socket = params(pbxs[name], ".//configuration[@name='event_socket.conf']/settings")
    assert (socket["listen-ip"], socket["apply-inbound-acl"]) == ("127.0.0.1", "dialtone-loopback")


def test_options_are_asked_as_seldom_as_described_and_an_edge_that_seems_down_has_a_second_way(
    rendered: dict[str, Any], pbxs: dict[str, Pbx]
) -> None:
    asked = {
        each.attrib["name"]: each.find("param[@name='ping']") for each in pbxs["golden_us"].root.iterfind(".//gateway")
    }
    assert sorted(asked) == sorted(rendered["golden_us"]["gateways"])
    assert {name: param.attrib["value"] for name, param in asked.items() if param is not None} == {
        name: "60" for name in asked if not name.endswith(".late")
    }
    quiet = [each.find("param[@name='ping']") for each in pbxs["quiet"].root.iterfind(".//gateway")]
    assert quiet == [None] * len(rendered["quiet"]["gateways"])


def test_codecs_and_addresses(rendered: dict[str, Any], pbxs: dict[str, Pbx]) -> None:
    assert settings(pbxs["golden_us"])["inbound-codec-prefs"] == "PCMU,PCMA"
    found = settings(pbxs["quiet"])
    assert found["inbound-codec-prefs"] == "OPUS@48000h@20i,G722,PCMA"
    assert (found["sip-ip"], found["ext-sip-ip"], found["ext-rtp-ip"]) == ("192.0.2.10", "203.0.113.9", "203.0.113.9")
    bridges = [each.attrib["data"] for each in pbxs["quiet"].root.iterfind(".//action[@application='bridge']")]
    assert {"absolute_codec_string=^^:PCMA" in each for each in bridges if "gateway" in each} == {True}
    assert {"mod_spandsp", "mod_opus"} <= set(rendered["quiet"]["modules"])
    assert not {"mod_spandsp", "mod_opus", "mod_loopback", "mod_lua"} & set(rendered["golden_us"]["modules"])


def test_a_secure_trunk_takes_nothing_less(pbxs: dict[str, Pbx]) -> None:
    secure = "rtp_secure_media=mandatory:AES_CM_128_HMAC_SHA1_80"
    for context in pbxs["golden_us"].root.iterfind(".//context"):
        for action in context.iterfind(".//action[@application='bridge']"):
            if "sofia/gateway/" in action.attrib["data"]:
                assert (secure in action.attrib["data"]) is (context.attrib["name"] == "dialtone-trunk-acme-secure")
    number = pbxs["golden_us"].root.find(".//extension[@name='number-12025550113']")
    assert number is not None
    assert secure in [each.attrib.get("data") for each in number.iterfind("condition/action")]


def test_frslint_finds_no_error(expanded: dict[str, str], tmp_path: Path) -> None:
    """Of the expanded text: frslint cannot follow includes by absolute patterns."""
    (tmp_path / "freeswitch.xml").write_text(expanded["golden_us"], encoding="utf-8")
    program = Path(sys.executable).with_name("frslint")
    argv = [str(program), "analyze", str(tmp_path / "freeswitch.xml"), "--format", "json"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    found = json.loads(done.stdout)["issues"]
    # It takes an anti-action for what follows the action before it.
    wrong = [each for each in found if not ("anti-action" in each["location"] and each["type"] == "unreachable-action")]
    assert wrong == []
