# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing leaves this machine, whatever the client tries and whatever is forgotten here."""

from __future__ import annotations

from foreign.check import same
from foreign.cli import SWITCHES
from foreign.stand import NUMBERS, Stand

LIST = "api:core:incoming-phone-numbers:list"


def network(stand: Stand) -> None:
    """Each way out is tried on purpose, and closed."""
    # Hosts that the emulator does not stand for, and forms of hosts that Twilio gives up.
    for command, environment, host in (
        ("api:messaging:v1:services:list", {}, "messaging.twilio.com:443"),
        (LIST, {"TWILIO_REGION": "ie1"}, "api.ie1.twilio.com:443"),
    ):
        answer = stand.cli(environment=dict(environment))(command)
        same((answer.code, "Refused" in answer.out), (1, True), f"{command} to {host}: {answer}")
        stand.expected.append(f"{host!r} is not a host of the emulated carrier")

    # Without the proxy, and with another one.
    for environment, address in (
        ({"HTTP_PROXY": None}, "api.twilio.com:443"),
        ({"HTTP_PROXY": "http://127.0.0.1:9"}, "127.0.0.1:9"),
        ({"HTTP_PROXY": "http://198.51.100.1:3128"}, "198.51.100.1:3128"),
    ):
        direct = stand.cli(environment=environment)
        same((direct(LIST).code, direct.caught()), (1, [f"connect {address}"]), f"a client with {environment}")
        stand.expected += direct.caught()

    # A certificate that nobody trusts.
    same(stand.cli(environment={"NODE_EXTRA_CA_CERTS": None})(LIST).code, 1, "without the authority")
    same(len(stand.proxy.refusals), len(stand.expected) - 3 + 1, "refusals of the proxy")
    same(stand.proxy.refusals[-1].startswith("TLS with the client failed for api.twilio.com"), True, "TLS failed")
    stand.expected.insert(2, stand.proxy.refusals[-1])

    same(stand.proxy.exchanges, [], "requests that were answered so far")

    # Its own look for newer versions and its update of itself: programs that are not started.
    curious = stand.cli(environment=dict.fromkeys(SWITCHES))
    same(len(curious(LIST).json()), len(NUMBERS), "a client without the switches still works")
    tried = [line.split(" ")[0] + " " + line.rsplit("/", 1)[-1] for line in curious.caught()]
    same(
        tried,
        ["spawn get-version twilio-cli", "spawn spawn twilio update --autoupdate"],
        "what the switches switch off",
    )
    stand.expected += curious.caught()
