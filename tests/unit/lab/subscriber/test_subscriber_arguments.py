# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines that are refused, and why; passwords stay out of sight."""

from __future__ import annotations

import pytest

from lab.subscriber.arguments import parse_arguments
from lab.subscriber.script import Moment

LISTEN = ["--listen", "127.0.0.1:0"]
TONES = ["--tone", "440", "--expect", "523"]
CALL = ["call", *LISTEN, "--from", "sip:a@x", "--to", "sip:b@127.0.0.1"]
ANSWER = ["answer", *LISTEN]
PROBE = ["probe", *LISTEN, "--method", "options", "--uri", "sip:x", "--target", "127.0.0.1:5060"]


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        ([], "required: command"),
        (["answer", "--listen", "0.0.0.0:5060", *TONES], "--listen: '0.0.0.0:5060' stands for every address"),
        (["answer", "--listen", "host:5060", *TONES], "--listen: 'host:5060' is not IP:PORT"),
        (["answer", "--listen", "127.0.0.1:70000", *TONES], "is not IP:PORT"),
        (ANSWER, "--tone and --expect are needed unless --reject"),
        ([*ANSWER, "--tone", "440"], "--tone and --expect are needed"),
        ([*ANSWER, "--tone", "440", "--expect", "450"], "--tone 440 and --expect 450 are too close"),
        ([*CALL, "--expect", "440"], "--expect 440 needs --tone"),
        ([*ANSWER, "--tone", "3900", "--expect", "440"], "--tone: '3900' is not a whole number of Hz from 200 to 3600"),
        ([*ANSWER, "--reject", "200"], "--reject: '200' does not refuse"),
        ([*ANSWER, *TONES, "--registrar", "127.0.0.1:5060"], "--registrar needs --register"),
        ([*ANSWER, *TONES, "--register", "101"], "--register: '101' is not a SIP URI"),
        ([*ANSWER, *TONES, "--calls", "-1"], "--calls"),
        ([*ANSWER, *TONES, "--hear-seconds", "0"], "--hear-seconds: '0' is not more than 0"),
        ([*ANSWER, *TONES, "--timeout", "nan"], "--timeout: 'nan' is not a number of seconds"),
        ([*ANSWER, *TONES, "--codecs", "opus"], "--codecs: 'opus' is not a list of PCMU and PCMA"),
        ([*ANSWER, *TONES, "--rtp-ports", "20000"], "--rtp-ports: '20000' is not FIRST-LAST"),
        ([*CALL, "--expect-code", "180"], "--expect-code: '180' is not a final SIP code"),
        ([*CALL, "--proxy", "a@b"], "leave out the user part"),
        ([*CALL, "--header", "Via: x"], "Via is written by the telephone itself"),
        ([*CALL, "--header", "X-a: 1\r\nX-b: 2"], "is not one header line"),
        ([*CALL, "--username", "101"], "--username and --password-env belong together"),
        ([*CALL, "--username", "101", "--password-env", "NOWHERE"], "--password-env NOWHERE: this environment"),
        ([*CALL, "--transport", "sctp"], "--transport"),
        ([*CALL, "--insecure"], "--ca, --insecure and --certificate need --transport tls"),
        ([*CALL, "--transport", "tls", "--ca", "/nowhere.pem"], "--ca: '/nowhere.pem' is not a file that can be read"),
        ([*CALL, "--transport", "tls", "--certificate", __file__], "--certificate and --key belong together"),
        ([*CALL, "--srtp", "maybe"], "--srtp"),
        ([*CALL, "--external", "pbx.example"], "--external: 'pbx.example' is not an IP address"),
        ([*CALL, "--srtp-suites", "AES_256"], "--srtp-suites: 'AES_256' is not a list of AES_CM_128_HMAC_SHA1_80 and"),
        ([*CALL, "--tone", "440", "--expect", "523,"], "--expect: '' is not a whole number of Hz"),
        ([*CALL, "--tone", "440", "--expect", "523,450"], "--tone 440 and --expect 450 are too close"),
        ([*CALL, "--dtmf", "12x"], "--dtmf: '12x' is not made of the keys"),
        ([*CALL, "--dtmf-after", "soon"], "--dtmf-after: 'soon' is no moment"),
        ([*CALL, "--dtmf", "1", "--dtmf-after", "heard"], "--dtmf-after waits for tone 1 of --expect, which names 0"),
        ([*CALL, "--tone", "440", "--expect", "523", "--refer-after", "heard2+1"], "--refer-after waits for tone 2"),
        ([*CALL, "--attended"], "--attended and --expect-refer need --refer-to"),
        ([*CALL, "--refer-to", "sip:102@x", "--consult-expect", "700"], "--consult-expect needs --attended"),
        ([*CALL, "--calls", "0"], "--calls 0 makes no sense for a caller"),
        ([*CALL, "--calls", "2", "--cps", "500"], "--cps: '500' is more than 100 calls a second"),
        ([*ANSWER, *TONES, "--mwi"], "--mwi and --expect-messages need --register"),
        ([*PROBE, "--method", "BYE"], "--method"),
        ([*PROBE, "--expect-code", "20"], "--expect-code: '20' is not"),
    ],
)
def test_usage_errors_name_option_value_and_remedy(
    argv: list[str], complaint: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOWHERE", raising=False)
    with pytest.raises(SystemExit) as ended:
        parse_arguments(argv)
    assert ended.value.code == 2
    captured = capsys.readouterr()
    assert complaint in captured.err
    assert captured.out == ""


def test_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_101", "pa ss")
    arguments = parse_arguments([*ANSWER, *TONES, "--username", "101", "--password-env", "SECRET_OF_101"])
    assert arguments.password == "pa ss"


def test_what_a_refused_call_needs() -> None:
    arguments = parse_arguments([*CALL, "--tone", "440", "--expect-code", "403"])
    assert (arguments.tone, arguments.expect, arguments.expect_code) == (440, None, 403)


def test_moments_and_tones() -> None:
    more = ["--tone", "440", "--expect", "523,659", "--dtmf", "1,d", "--dtmf-after", "heard", "--refer-to", "sip:102@x"]
    arguments = parse_arguments([*CALL, *more, "--refer-after", "heard2+1.5", "--hold-after", "3"])
    assert (arguments.expect, arguments.dtmf) == ((523, 659), "1,D")
    assert (arguments.dtmf_after, arguments.refer_after) == (Moment(0.0, 1), Moment(1.5, 2))
    assert arguments.hold_after == Moment(3.0)


def test_what_needs_no_tone() -> None:
    register = ["--register", "sip:101@pbx"]
    assert parse_arguments([*ANSWER, *register, "--mwi", "--expect-messages", "1"]).expect_messages == 1
    assert parse_arguments([*ANSWER, "--reject", "486"]).reject == 486
    assert parse_arguments(PROBE).method == "OPTIONS"
