# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing leaves this machine, whatever the client tries and whatever is forgotten here."""

from __future__ import annotations

import os
import subprocess

from foreign.check import same
from foreign.cli import GUARD, SWITCHES
from foreign.stand import NUMBERS, Stand

# One way out each, for a bare Node behind the guard; what is printed tells what became of it.
WAYS_OUT = (
    ("require('net').connect(443, '198.51.100.1')", "connect 198.51.100.1:443"),
    ("require('net').connect({port: 443, host: 'example.com'})", "connect example.com:443"),
    ("require('net').connect('/run/some.sock')", "connect /run/some.sock"),
    ("require('tls').connect(443, 'example.com')", "connect example.com:443"),
    ("require('http').get('http://example.com/')", "connect example.com:80"),
    ("await fetch('https://example.com/')", "connect example.com:443"),
    ("require('dns').lookup('example.com', () => {})", "look up example.com"),
    ("await require('dns').promises.resolve4('example.com')", "look up example.com"),
    ("new (require('dns').Resolver)().resolve4('example.com', () => {})", "look up example.com"),
    ("require('dgram').createSocket('udp4')", "a datagram socket"),
    ("require('child_process').exec('true')", "exec true"),
    ("require('child_process').spawnSync('true', ['x'])", "spawnSync true x"),
    ("(await import('node:child_process')).execFile('true')", "execFile true"),
)
LIST = "api:core:incoming-phone-numbers:list"


def network(stand: Stand) -> None:
    """Each way out is tried on purpose, and closed."""
    # Hosts that the emulator does not stand for, and forms of hosts that Twilio gives up.
    for command, environment, host in (
        ("api:messaging:v1:services:list", {}, "messaging.twilio.com:443"),
        (LIST, {"TWILIO_REGION": "ie1"}, "api.ie1.twilio.com:443"),
    ):
        answer = stand.cli(environment=dict(environment))(command)
        same(answer.code, 1, f"{command} to {host}: {answer}")
        stand.expected.append(f"{host!r} is not a host of the emulated carrier")

    # Without the proxy, and with another one.
    ways: tuple[tuple[dict[str, str | None], str], ...] = (
        ({"HTTP_PROXY": None}, "api.twilio.com:443"),
        ({"HTTP_PROXY": "http://127.0.0.1:9"}, "127.0.0.1:9"),
        ({"HTTP_PROXY": "http://198.51.100.1:3128"}, "198.51.100.1:3128"),
    )
    for way, address in ways:
        direct = stand.cli(environment=way)
        same((direct(LIST).code, direct.caught()), (1, [f"connect {address}"]), f"a client with {way}")
        stand.expected += direct.caught()

    # A certificate that nobody trusts.
    same(stand.cli(environment={"NODE_EXTRA_CA_CERTS": None})(LIST).code, 1, "without the authority")
    same(stand.proxy.wait_for_refusals(3), True, "the proxy notices")
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


def guard(stand: Stand) -> None:
    """The guard closes each way out of a Node program, and leaves the one port open."""
    log = stand.scratch / "guard.log"
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "NODE_OPTIONS": f'--require="{GUARD}"',
        "FOREIGN_GUARD_LOG": str(log),
        "FOREIGN_GUARD_PORT": str(stand.proxy.port),
    }

    def node(script: str, **other: str) -> subprocess.CompletedProcess[str]:
        program = [stand.client.command[0], "--eval", f"(async () => {{ {script} }})()"]
        return subprocess.run(
            program, env={**environment, **other}, capture_output=True, text=True, timeout=60, check=False
        )

    for script, __ in WAYS_OUT:
        done = node(script)
        same((done.returncode, "refused by the guard" in done.stderr), (1, True), f"{script}: {done.stderr}")
    same(log.read_text(encoding="utf-8").splitlines(), [refusal for __, refusal in WAYS_OUT], "what the guard wrote")

    allowed = node(f"require('net').connect({stand.proxy.port}, '127.0.0.1', () => process.exit(7))")
    same((allowed.returncode, allowed.stderr), (7, ""), "the one port")
    same(node("", FOREIGN_GUARD_PORT="").returncode, 1, "a guard that is not told its port lets nothing start")
