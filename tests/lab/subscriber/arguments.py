# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and checking the command line. Every error names the option, its value and what would be right."""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
from collections.abc import Sequence
from pathlib import Path

from lab.subscriber.dtmf import KEYS, PAUSE
from lab.subscriber.probing import METHODS
from lab.subscriber.script import Moment
from lab.subscriber.srtp import SUITES
from lab.subscriber.tone import HIGHEST, LOWEST, MIN_SPACING
from lab.subscriber.uri import NameAddr, SipError, SipUri

_OWN_HEADERS = (
    "via", "from", "to", "call-id", "cseq", "contact", "content-length", "content-type", "max-forwards", "route",
)  # fmt: skip


def _endpoint(text: str) -> tuple[str, int]:
    match = re.match(r"^\[?([0-9A-Fa-f.:]+?)\]?:(\d{1,5})$", text)
    try:
        if match is None or int(match[2]) > 65535:
            raise ValueError
        address = ipaddress.ip_address(match[1])
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not IP:PORT; write it like 198.18.20.10:5060") from None
    return str(address), int(match[2])


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an IP address") from None


def _listen(text: str) -> tuple[str, int]:
    address, port = _endpoint(text)
    if ipaddress.ip_address(address).is_unspecified:
        raise argparse.ArgumentTypeError(
            f"{text!r} stands for every address; name one address of this host, for it is written into Contact and SDP"
        )
    return address, port


def _peer(text: str) -> SipUri:
    """IP:PORT, or HOST, or HOST:PORT."""
    try:
        uri = SipUri.parse(f"sip:{text}")
    except SipError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT ({error})") from None
    if uri.user is not None or uri.headers is not None:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT; leave out the user part")
    return uri


def _sip_uri(text: str) -> SipUri:
    try:
        return SipUri.parse(text)
    except SipError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _name_addr(text: str) -> NameAddr:
    try:
        value = NameAddr.parse(text)
        SipUri.parse(value.uri)
    except SipError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return value


def _tone(text: str) -> int:
    if not text.isdigit() or not LOWEST <= int(text) <= HIGHEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of Hz from {LOWEST} to {HIGHEST}")
    return int(text)


def _tones(text: str) -> tuple[int, ...]:
    return tuple(_tone(word.strip()) for word in text.split(","))


def _moment(text: str) -> Moment:
    match = re.match(r"^(?:(?P<heard>heard(?P<which>[1-9]?))(?:\+(?P<later>[0-9.]+))?|(?P<seconds>[0-9.]+))$", text)
    if match is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no moment: give seconds after the answer, or heard, heard+1.5, heard2 … (a tone of --expect)"
        )
    if match["heard"]:
        return Moment(_seconds(match["later"] or "0"), int(match["which"] or 1))
    return Moment(_seconds(match["seconds"]))


def _keys(text: str) -> str:
    if not text or set(text.upper()) - set(KEYS + PAUSE):
        raise argparse.ArgumentTypeError(f"{text!r} is not made of the keys {KEYS} and of commas (a pause of a second)")
    return text.upper()


def _suites(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(word.strip().upper() for word in text.split(",")))
    if not set(names) <= set(SUITES):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of {' and '.join(SUITES)}, the preferred one first")
    return names


def _file(text: str) -> Path:
    if not os.access(text, os.R_OK):
        raise argparse.ArgumentTypeError(f"{text!r} is not a file that can be read")
    return Path(text)


def _rate(text: str) -> float:
    value = _positive_seconds(text)
    if value > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is more than 100 calls a second")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 86400")
    return value


def _positive_seconds(text: str) -> float:
    value = _seconds(text)
    if not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not more than 0 seconds")
    return value


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number; 0 means: until told to stop")
    return int(text)


def _code(text: str) -> int:
    if not re.match(r"^[2-6]\d\d$", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a final SIP code from 200 to 699")
    return int(text)


def _reject_code(text: str) -> int:
    if not re.match(r"^[3-6]\d\d$", text):
        raise argparse.ArgumentTypeError(f"{text!r} does not refuse a call; give a code from 300 to 699, such as 486")
    return int(text)


def _ports(text: str) -> tuple[int, int]:
    match = re.match(r"^(\d{1,5})-(\d{1,5})$", text)
    if match is None or not 1024 <= int(match[1]) < int(match[2]) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not FIRST-LAST with 1024 <= FIRST < LAST <= 65535")
    return int(match[1]), int(match[2])


def _codecs(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(word.strip().upper() for word in text.split(",")))
    if not set(names) <= {"PCMU", "PCMA"}:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of PCMU and PCMA, the preferred one first")
    return names


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not re.match(r"^[A-Za-z0-9-]+$", name.strip()) or re.search(r"[\r\n]", value):
        raise argparse.ArgumentTypeError(f"{text!r} is not one header line; write it like 'X-Name: value'")
    if name.strip().lower() in _OWN_HEADERS:
        raise argparse.ArgumentTypeError(f"{name.strip()} is written by the telephone itself and cannot be given")
    return name.strip(), value.strip()


def _common(parser: argparse.ArgumentParser, timeout: float) -> None:
    parser.add_argument("--listen", required=True, type=_listen, metavar="IP:PORT", help="port 0 takes a free one")
    parser.add_argument("--transport", choices=("UDP", "TCP", "TLS"), default="UDP", type=str.upper)
    parser.add_argument("--ca", type=_file, metavar="FILE", help="TLS: trust these authorities instead of the system's")
    parser.add_argument("--insecure", action="store_true", help="TLS: accept any certificate")
    parser.add_argument("--tls-name", metavar="NAME", help="TLS: whose certificate it must be, if not the host's")
    parser.add_argument("--certificate", type=_file, metavar="FILE", help="TLS: our own, to take connections")
    parser.add_argument("--key", type=_file, metavar="FILE", help="TLS: its private key")
    parser.add_argument(
        "--external", type=_address, metavar="IP", help="the address of the NAT before us, to be written"
    )
    parser.add_argument("--username", help="for digest authentication")
    parser.add_argument("--password-env", metavar="NAME", help="environment variable that holds the password")
    parser.add_argument(
        "--timeout", type=_positive_seconds, default=timeout, metavar="S", help=f"of everything, default {timeout:g}"
    )


def _audio(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tone", type=_tone, metavar="HZ", help="what we play")
    parser.add_argument(
        "--expect",
        type=_tones,
        metavar="HZ[,HZ…]",
        help="what the other side must be playing; several: one after another",
    )
    parser.add_argument("--hear-seconds", type=_positive_seconds, default=1.0, metavar="S", help="default 1.0")
    parser.add_argument("--who", choices=("caller", "callee"), default="caller", help="who hangs up")
    parser.add_argument("--codecs", type=_codecs, default=("PCMU", "PCMA"), metavar="LIST", help="default PCMU,PCMA")
    parser.add_argument(
        "--rtp-ports", type=_ports, default=(10000, 60000), metavar="FIRST-LAST", help="default 10000-60000"
    )
    parser.add_argument("--srtp", choices=("require", "offer", "none"), default="none", help="default none")
    parser.add_argument(
        "--srtp-suites", type=_suites, default=("AES_CM_128_HMAC_SHA1_80",), metavar="LIST", help="by preference"
    )
    parser.add_argument("--talk-seconds", type=_seconds, default=0.0, metavar="S", help="talk at least so long")
    parser.add_argument("--dtmf", type=_keys, metavar="KEYS", help="keys to press (RFC 4733); a comma is a second")
    parser.add_argument("--dtmf-after", type=_moment, default=Moment(0.5), metavar="WHEN", help="default 0.5")
    parser.add_argument("--hold-after", type=_moment, metavar="WHEN", help="put the call on hold, then resume it")
    parser.add_argument("--hold-seconds", type=_positive_seconds, default=2.0, metavar="S", help="default 2.0")
    parser.add_argument("--refer-to", type=_name_addr, metavar="URI", help="transfer the call there")
    parser.add_argument("--refer-after", type=_moment, default=Moment(0.5), metavar="WHEN", help="default 0.5")
    parser.add_argument("--attended", action="store_true", help="call --refer-to first, then join the two")
    parser.add_argument("--consult-expect", type=_tone, metavar="HZ", help="what the one asked must be playing")
    parser.add_argument("--expect-refer", type=_code, metavar="CODE", help="ok means that the transfer ends so")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab.subscriber", description="A measuring SIP telephone.")
    commands = parser.add_subparsers(dest="command", required=True)

    answer = commands.add_parser("answer", help="wait for calls")
    _common(answer, 60)
    _audio(answer)
    answer.add_argument("--register", type=_name_addr, metavar="URI", help="address of record, like sip:101@pbx")
    answer.add_argument("--registrar", type=_peer, metavar="HOST:PORT", help="default: the host of --register")
    answer.add_argument("--calls", type=_count, default=1, metavar="N", help="default 1; 0: until told to stop")
    answer.add_argument("--reject", type=_reject_code, metavar="CODE", help="refuse calls with this code")
    answer.add_argument("--ring-seconds", type=_seconds, default=0.0, metavar="S", help="180 so long before the rest")

    answer.add_argument("--mwi", action="store_true", help="subscribe to message summaries")
    answer.add_argument(
        "--expect-messages", type=_count, metavar="N", help="ok means that so many new messages wait; ends then"
    )

    call = commands.add_parser("call", help="place a call, or many at a time")
    _common(call, 30)
    _audio(call)
    call.add_argument("--from", dest="sender", required=True, type=_name_addr, metavar="URI")
    call.add_argument("--to", dest="recipient", required=True, type=_name_addr, metavar="URI")
    call.add_argument("--proxy", type=_peer, metavar="HOST:PORT", help="default: the host of --to")
    call.add_argument("--header", action="append", default=[], type=_header, metavar="LINE", help="repeatable")
    call.add_argument("--expect-code", type=_code, metavar="CODE", help="ok means: this final response")
    call.add_argument("--cancel-after", type=_seconds, metavar="S", help="CANCEL when not answered by then")
    call.add_argument("--calls", type=_count, default=1, metavar="N", help="so many calls, default 1")
    call.add_argument("--cps", type=_rate, default=10.0, metavar="N", help="begun each second, default 10")

    probe = commands.add_parser("probe", help="send one request, print what comes back")
    _common(probe, 5)
    probe.add_argument("--method", required=True, type=str.upper, choices=METHODS)
    probe.add_argument("--uri", required=True, type=_sip_uri, metavar="URI", help="Request-URI")
    probe.add_argument("--target", required=True, type=_peer, metavar="HOST:PORT", help="where to send it")
    probe.add_argument("--from", dest="sender", type=_name_addr, metavar="URI")
    probe.add_argument("--header", action="append", default=[], type=_header, metavar="LINE", help="repeatable")
    probe.add_argument("--expect-code", type=_code, metavar="CODE", help="default: any 2xx")
    return parser


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line; exit with 2 and a sentence on stderr when something is wrong with it.

    `password` is added to the result: the content of the variable that --password-env names.
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    arguments.password = _password(parser, arguments)
    if arguments.command != "probe":
        _check_tones(parser, arguments)
        _check_script(parser, arguments)
    if arguments.transport != "TLS" and (arguments.ca or arguments.insecure or arguments.certificate):
        parser.error("--ca, --insecure and --certificate need --transport tls")
    if (arguments.certificate is None) != (arguments.key is None):
        parser.error("--certificate and --key belong together: give both or none")
    if arguments.command == "call" and not arguments.calls:
        parser.error("--calls 0 makes no sense for a caller: give a number of calls")
    if (
        arguments.command == "answer"
        and (arguments.mwi or arguments.expect_messages is not None)
        and not arguments.register
    ):
        parser.error("--mwi and --expect-messages need --register: a mailbox belongs to an address of record")
    if arguments.command == "answer" and arguments.registrar and not arguments.register:
        parser.error("--registrar needs --register, the address of record to register")
    return arguments


def _password(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> str:
    name = arguments.password_env
    if (arguments.username is None) != (name is None):
        parser.error("--username and --password-env belong together: give both or none")
    if name is None:
        return ""
    password = os.environ.get(name, "")
    if not password:
        parser.error(f"--password-env {name}: this environment variable is not set; export it with the password")
    return password


def _check_tones(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    tone, expect = arguments.tone, arguments.expect
    optional = arguments.command == "call" or arguments.reject is not None or arguments.expect_messages is not None
    if not optional and (tone is None or expect is None):
        parser.error("--tone and --expect are needed unless --reject is given: what we play, what we must hear, in Hz")
    if expect is None:
        return
    shown = ",".join(map(str, expect))
    if tone is None:
        parser.error(f"--expect {shown} needs --tone, for the other side is waiting to hear something as well")
    for one in expect:
        if abs(tone - one) < MIN_SPACING:
            parser.error(
                f"--tone {tone} and --expect {one} are too close to tell the other side from an echo;"
                f" keep them at least {MIN_SPACING} Hz apart"
            )


def _check_script(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    tones = len(arguments.expect or ())
    for name in ("dtmf_after", "hold_after", "refer_after"):
        moment = getattr(arguments, name)
        if moment is not None and moment.heard > tones:
            option = f"--{name.replace('_', '-')}"
            parser.error(f"{option} waits for tone {moment.heard} of --expect, which names {tones}")
    if arguments.refer_to is None and (arguments.attended or arguments.expect_refer is not None):
        parser.error("--attended and --expect-refer need --refer-to, where the call is transferred to")
    if arguments.consult_expect is not None and not arguments.attended:
        parser.error("--consult-expect needs --attended: without it nobody is asked")
