# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS, SRTP, keys, hold, several tones and many calls: two telephones as processes of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAR = ["--hear-seconds", "0.2"]
A, B = ["--tone", "440", "--expect", "523"], ["--tone", "523", "--expect", "440"]


def answerer(phone: Callable[..., Any], *more: str) -> Any:
    return phone("answer", "--listen", "127.0.0.1:0", *HEAR, "--timeout", "10", *more)


def caller(phone: Callable[..., Any], address: str, *more: str) -> Any:
    target = ["--from", "sip:101@lab.example", "--to", f"sip:102@{address}"]
    return phone("call", "--listen", "127.0.0.1:0", *target, *HEAR, "--timeout", "10", *more)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    crt, key = folder / "tls.crt", folder / "tls.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=lab", "-addext", "subjectAltName=IP:127.0.0.1,DNS:pbx.example", "-keyout", key, "-out", crt],
        check=True, capture_output=True,
    )  # fmt: skip
    return crt, key


def tls_address(there: Any) -> str:
    """The TLS port is the one behind that of UDP and TCP."""
    listening = there.wait_for("listening")
    assert listening["transports"] == ["UDP", "TCP", "TLS"]
    host, port = listening["address"].split(":")
    return f"{host}:{int(port) + 1}"


def test_tls_and_srtp_end_to_end(phone: Callable[..., Any], certificate: tuple[Path, Path]) -> None:
    crt, key = certificate
    own = ["--transport", "tls", "--certificate", str(crt), "--key", str(key), "--ca", str(crt)]
    there = answerer(phone, *B, *own, "--srtp", "require", "--who", "callee")
    here = caller(
        phone, tls_address(there), *A, "--transport", "tls", "--ca", str(crt), "--srtp", "require", "--who", "callee"
    )
    code, result = here.result()
    assert (code, result["why"], result["ended_by"]) == (0, None, "them"), "the BYE comes over the caller's connection"
    heard = result["heard"]
    assert (heard["srtp"], heard["srtp_forged"], heard["srtp_replayed"]) == ("AES_CM_128_HMAC_SHA1_80", 0, 0)
    code, answered = there.result()
    call = answered["calls"][0]
    assert (code, call["transport"], call["heard"]["srtp"]) == (0, "TLS", "AES_CM_128_HMAC_SHA1_80")
    assert ";transport=tls>" in call["contact"]
    incoming = next(event for event in there.events if event["event"] == "incoming")
    assert (incoming["sdp"]["protocol"], incoming["sdp"]["crypto"]) == ("RTP/SAVP", ["AES_CM_128_HMAC_SHA1_80"])


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "certificate is not accepted: self-signed certificate"),
        (["--ca", "CRT", "--tls-name", "other.example"], "certificate is not accepted: Hostname mismatch"),
    ],
)
def test_a_certificate_that_is_not_accepted(
    phone: Callable[..., Any], certificate: tuple[Path, Path], options: list[str], why: str
) -> None:
    crt, key = certificate
    there = answerer(phone, *B, "--transport", "tls", "--certificate", str(crt), "--key", str(key))
    given = [str(crt) if option == "CRT" else option for option in options]
    here = caller(phone, tls_address(there), *A, "--transport", "tls", *given)
    code, result = here.result()
    assert (code, result["code"]) == (1, None)
    assert why.lower().replace("self-signed", "self signed") in result["why"].lower().replace(
        "self-signed", "self signed"
    )
    assert "unreachable" in here.names()


def test_a_name_or_no_check_at_all(phone: Callable[..., Any], certificate: tuple[Path, Path]) -> None:
    crt, key = certificate
    for options in (["--ca", str(crt), "--tls-name", "pbx.example"], ["--insecure"]):
        there = answerer(phone, *B, "--transport", "tls", "--certificate", str(crt), "--key", str(key))
        code, result = caller(phone, tls_address(there), *A, "--transport", "tls", *options).result()
        assert (code, result["why"]) == (0, None)


def test_srtp_that_only_one_side_wants(phone: Callable[..., Any]) -> None:
    there = answerer(phone, *B)
    code, result = caller(phone, there.address, *A, "--srtp", "require", "--expect-code", "488").result()
    assert (code, result["code"]) == (0, 488)
    assert "RTP/SAVP" in result["headers"]["Warning"]
    there = answerer(phone, *B, "--srtp", "require")
    code, result = caller(phone, there.address, *A, "--expect-code", "488").result()
    assert (code, result["code"]) == (0, 488)


@pytest.mark.parametrize(
    ("ours", "theirs", "suite"),
    [
        (["--srtp", "offer"], [], None),
        ([], ["--srtp", "offer"], None),
        (["--srtp", "offer"], ["--srtp", "offer"], "AES_CM_128_HMAC_SHA1_80"),
        (
            ["--srtp", "require", "--srtp-suites", "AES_CM_128_HMAC_SHA1_32"],
            ["--srtp", "offer", "--srtp-suites", "AES_CM_128_HMAC_SHA1_80,AES_CM_128_HMAC_SHA1_32"],
            "AES_CM_128_HMAC_SHA1_32",
        ),
    ],
)
def test_srtp_as_a_wish(phone: Callable[..., Any], ours: list[str], theirs: list[str], suite: str | None) -> None:
    there = answerer(phone, *B, *theirs)
    code, result = caller(phone, there.address, *A, *ours).result()
    assert (code, result["why"], result["heard"]["srtp"]) == (0, None, suite)
    assert there.result()[1]["calls"][0]["heard"]["srtp"] == suite


def test_keys_are_heard_once_each(phone: Callable[..., Any]) -> None:
    there = answerer(phone, *B)
    here = caller(phone, there.address, *A, "--dtmf", "11*,#d", "--dtmf-after", "heard+0.1")
    code, result = here.result()
    assert (code, result["why"], result["dtmf_sent"]) == (0, None, "11*#D")
    __, answered = there.result()
    assert answered["calls"][0]["heard"]["dtmf"] == "11*#D"
    pressed = [event for event in there.events if event["event"] == "dtmf"]
    assert [event["key"] for event in pressed] == list("11*#D")
    assert 1.0 < pressed[3]["t"] - pressed[2]["t"] < 2.0, "the comma"


def test_hold_and_resume(phone: Callable[..., Any]) -> None:
    there = answerer(phone, *B)
    here = caller(phone, there.address, *A, "--hold-after", "heard", "--hold-seconds", "0.6", "--talk-seconds", "1.5")
    code, result = here.result()
    assert (code, result["why"], result["hold_codes"]) == (0, None, [200, 200])
    assert result["heard"]["max_gap_ms"] < 500, "the time on hold is no gap"
    __, answered = there.result()
    assert [event["direction"] for event in there.events if event["event"] == "renegotiated"] == [
        "recvonly",
        "sendrecv",
    ]
    assert answered["calls"][0]["heard"]["max_gap_ms"] < 500


def test_several_tones_one_after_the_other(phone: Callable[..., Any]) -> None:
    """Here nobody plays the second tone: the call is not good, and says which tone is missing."""
    there = answerer(phone, *B, "--timeout", "3")
    here = caller(phone, there.address, "--tone", "440", "--expect", "523,659", "--timeout", "2")
    code, result = here.result()
    assert code == 1
    assert "expected 659 Hz for 0.2 s" in result["why"]
    assert result["heard"]["tones"][0]["frequency"] == 523


def test_many_calls_at_a_time(phone: Callable[..., Any]) -> None:
    there = answerer(phone, *B, "--calls", "12")
    here = caller(phone, there.address, *A, "--calls", "12", "--cps", "20", "--talk-seconds", "1.5")
    code, result = here.result()
    assert (code, result["why"], result["good"], result["failed"]) == (0, None, 12, 0)
    assert result["most_at_once"] == 12
    total = result["total"]
    assert (total["codes"], total["lost"], total["loss_percent"]) == ({"200": 12}, 0, 0.0)
    assert 12 * 60 < total["packets"] < 12 * 110
    for name in ("jitter_ms", "max_gap_ms", "setup_seconds"):
        spread = total[name]
        assert 0 <= spread["p50"] <= spread["p95"] <= spread["p99"] <= spread["max"]
    assert len(result["calls"]) == 12
    assert there.result()[0] == 0


def test_many_calls_of_which_some_are_refused(phone: Callable[..., Any]) -> None:
    there = answerer(phone, *B, "--calls", "2")
    code, result = caller(phone, there.address, *A, "--calls", "3", "--cps", "50", "--talk-seconds", "0.8").result()
    assert (code, result["good"], result["failed"], result["total"]["codes"]) == (1, 2, 1, {"200": 2, "486": 1})
    assert result["why"].startswith("1 of 3 calls failed: the call was refused: 486")


def test_behind_nat_the_outer_address_is_written(phone: Callable[..., Any]) -> None:
    there = phone("answer", "--listen", "127.0.0.1:0", "--reject", "486", "--timeout", "10")
    here = caller(phone, there.address, *A, "--external", "192.0.2.9", "--expect-code", "486")
    assert here.result()[0] == 0
    there.result()
    incoming = next(event for event in there.events if event["event"] == "incoming")
    assert "@192.0.2.9:" in incoming["contact"]
    assert incoming["sdp"]["address"] == "192.0.2.9"
    assert incoming["source"].startswith("127.0.0.1:")
