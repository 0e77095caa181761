# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a configuration of FreeSWITCH before it is installed: a sentence for each mistake, exit code 1 if any.

    validate.py CANDIDATE --port 8021 --password FILE --writes DIR… [--secret NAME]… -- DAEMON ARGUMENTS…

A throw-away instance of the installed daemon loads the candidate in namespaces of its own: without network, with empty
folders for everything that it writes, with process numbers of its own. So it neither meets the running daemon nor
outlives this program. DAEMON ARGUMENTS are those of the service; {conf} in them is the candidate.
"""

from __future__ import annotations

import argparse
import os
import pwd
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from console import Console, SwitchError, connect, password
from loaded import missing, read_expected, surplus
from source import Source

SECONDS = 40.0  # for the daemon to be ready; 2 are usual
SETTLE_SECONDS = 10.0  # for its profiles to run after that; less than 1 is usual
MOST = 20  # sentences; what comes later usually follows from what came first
NAMESPACES = (
    "unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc",
    "--propagation", "private",
)  # fmt: skip
ERROR = re.compile(r"^\S+ \S+ (?:\S+% )?\[(?:ERR|CRIT|ALERT)\] (?P<source>\S+?):\d+ (?P<text>.*)$")
# Said by every sound configuration in a machine without network.
NOISE = re.compile(
    r"[Cc]annot resolve|DNS|STUN|NAT-PMP|upnp|Ping failed|gethostby|[Nn]o route to host|Network is unreach"
)


def sentence(expected: str) -> str:
    """Return what the absence of something means."""
    kind, __, name = expected.partition(" ")
    if kind == "gateway":
        profile, __, gateway = name.partition(" ")
        return f"gateway '{gateway}' of profile '{profile}' is lost: its file is not read, or does not hold it."
    if kind == "profile":
        return (
            f"SIP profile '{name}' does not run: its address or port cannot be had, or its certificate cannot be read."
        )
    if kind == "module":
        return f"{name} was not loaded: it is not installed, or refuses its configuration."
    return f"there is no {kind} '{name}' in what FreeSWITCH has read."


def heard(log: str) -> list[str]:
    """Return the errors of a log."""
    found = []
    for line in log.splitlines():
        match = ERROR.match(line)
        if match and not NOISE.search(line):
            found.append(f"FreeSWITCH says: {match['text'].strip()} ({match['source']})")
    return list(dict.fromkeys(found))


def unset(console: Console, source: Source) -> list[str]:
    """Return a sentence for each variable of the preprocessor that nothing sets: an empty text is put in its place."""
    return [
        f"{source.place(line)}: $${{{name}}} is not set anywhere."
        for name, line in source.used.items()
        if not console.ask(f"global_getvar {name}").strip()
    ]


def empty(folders: Sequence[Path], user: str) -> None:
    """Put empty folders over those that the daemon writes to."""
    who = pwd.getpwnam(user)
    for folder in folders:
        if folder.is_dir():
            options = f"mode=0750,uid={who.pw_uid},gid={who.pw_gid}"
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], check=True)


def alone() -> None:
    """Make this network namespace usable: a loopback, and any address may be bound, whoever has it."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for file in ("/proc/sys/net/ipv4/ip_nonlocal_bind", "/proc/sys/net/ipv6/ip_nonlocal_bind"):
        if os.path.exists(file):
            Path(file).write_text("1\n", encoding="ascii")


def instance(given: argparse.Namespace, source: Source) -> list[str]:
    """Return what an instance of the daemon complains of, and what it lacks. To be called in namespaces of its own."""
    alone()
    empty(given.writes, given.user)
    log = given.log / "freeswitch.log"
    command = [part.replace("{conf}", str(given.candidate)) for part in given.daemon]
    until = time.monotonic() + SECONDS
    output = given.log / "said.txt"
    with output.open("w", encoding="utf-8") as said:
        daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/")
    try:
        with connected(daemon, given, until) as console:
            expected = read_expected(given.candidate)
            settled = time.monotonic() + SETTLE_SECONDS
            lacking = missing(console, expected)
            while lacking and time.monotonic() < settled:
                time.sleep(0.2)
                lacking = missing(console, lacking)
            problems = [*map(sentence, lacking), *unset(console, source)]
            problems += [
                f"{name} is loaded without being in the list of modules." for name in surplus(console, expected)
            ]
    except SwitchError as error:
        problems = [str(error)]
    finally:
        daemon.kill()
        daemon.wait()
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    text += output.read_text(encoding="utf-8", errors="replace")
    return heard(text) + problems


def connected(daemon: subprocess.Popen[bytes], given: argparse.Namespace, until: float) -> Console:
    """Return a connection to the instance. SwitchError if it ends, or is never ready."""
    secret = password(given.password)
    while True:
        try:
            return connect(given.port, secret, min(until, time.monotonic() + 0.5))
        except SwitchError as error:
            if daemon.poll() is not None:
                raise SwitchError(
                    f"FreeSWITCH did not start with this configuration (code {daemon.returncode})."
                ) from error
            if time.monotonic() > until:
                raise SwitchError(
                    f"FreeSWITCH was not ready within {SECONDS:.0f} seconds with this configuration. {error}"
                ) from error


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Judge a configuration of FreeSWITCH before it is installed.")
    parser.add_argument("candidate", type=Path)
    parser.add_argument("--port", type=int, required=True, help="of the event socket")
    parser.add_argument("--password", type=Path, required=True, help="file with the password of the event socket")
    parser.add_argument("--user", default="freeswitch", help="user of the service")
    parser.add_argument("--log", type=Path, default=Path("/var/log/freeswitch"), help="one of the folders to write to")
    parser.add_argument("--writes", type=Path, nargs="+", default=[], help="folders that the daemon writes to")
    parser.add_argument("--secret", action="append", default=[], help="name of a file of which no line is shown")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    cut = list(arguments).index("--") if "--" in arguments else len(arguments)
    given = parser.parse_args(arguments[:cut])
    given.daemon = list(arguments[cut + 1 :])
    return given


def main(arguments: Sequence[str]) -> int:
    given = parse(arguments)
    source = Source(given.candidate, given.secret)
    problems = list(source.problems)
    if given.inside:
        problems = instance(given, source)
    elif not problems:
        again = [sys.executable, os.path.abspath(__file__), "--inside", *arguments]
        return subprocess.run([*NAMESPACES, *again], stdin=subprocess.DEVNULL, check=False).returncode
    shown = list(dict.fromkeys(problems))
    sys.stdout.write("\n".join(shown[:MOST] + ([f"And {len(shown) - MOST} more."] if len(shown) > MOST else [])) + "\n")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
