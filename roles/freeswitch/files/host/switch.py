# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a change into the running FreeSWITCH, drains it, or says how it differs from what it should be.

switch.py apply EFFECT…       what a change needs, without ending a call; one line for each step
switch.py drain SECONDS       turns new calls away until no call is up, or the time is over
switch.py ready               returns when FreeSWITCH is ready for calls
switch.py inspect             a sentence for each deviation; code 1 if there is one
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from console import Console, SwitchError, connect, password
from loaded import Loaded, listeners, missing, read_expected, surplus, tree

GATEWAY_SECONDS = 20.0  # until a gateway that was taken away is gone; 4 are usual
PAUSE = 0.2
# The dial plan turns new calls away, but for emergency calls; `fsctl pause` would turn away those too.
DRAIN = "global_setvar dialtone_draining=true"
RESUME = "global_setvar dialtone_draining="


def wait(what: str, seconds: float, condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds. SwitchError, saying what did not come, after some seconds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise SwitchError(f"{what} did not happen within {seconds:.0f} seconds.")
        time.sleep(PAUSE)


# ---- effects --------------------------------------------------------------------------------------------------------


def renew_gateways(console: Console, expected: Sequence[str]) -> None:
    """Let FreeSWITCH read its gateways again. A rescan alone neither changes nor removes one; calls survive this."""
    wanted = {line.partition(" ")[2] for line in expected if line.startswith("gateway ")}
    there = set(Loaded(console).gateways())
    profiles = {name.split()[0] for name in wanted | there}
    for name in sorted(there):
        profile, gateway = name.split()
        console.ask(f"sofia profile {profile} killgw {gateway}")
    wait("The removal of the gateways", GATEWAY_SECONDS, lambda: not set(Loaded(console).gateways()) & there)
    for profile in sorted(profiles):
        console.order(f"sofia profile {profile} rescan")
    wait("The return of the gateways", GATEWAY_SECONDS, lambda: wanted <= set(Loaded(console).gateways()))


def table(said: str) -> list[dict[str, str]]:
    """Return a list of the call centre: a line of names, lines of values, and its +OK."""
    lines = [line.split("|") for line in said.splitlines() if "|" in line]
    return [dict(zip(lines[0], line)) for line in lines[1:]] if lines else []


def renew_queues(console: Console, expected: Sequence[str]) -> None:
    """Let the call centre read its queues, agents and tiers again; callers stay in their queues.

    It keeps them all in a database of its own, also those that are in its configuration no more.
    """
    wanted = {line.partition(" ")[2] for line in expected if line.startswith("queue ")}
    there = {row["name"] for row in table(console.ask("callcenter_config queue list"))}
    read = tree(console.ask("xml_locate configuration configuration name callcenter.conf"))
    agents = {str(agent.get("name")) for agent in read.iter("agent")}
    tiers = {(str(tier.get("queue")), str(tier.get("agent"))) for tier in read.iter("tier")}
    for row in table(console.ask("callcenter_config tier list")):
        if (row["queue"], row["agent"]) not in tiers:
            console.order(f"callcenter_config tier del {row['queue']} {row['agent']}")
    for row in table(console.ask("callcenter_config agent list")):
        if row["name"] not in agents:
            console.order(f"callcenter_config agent del {row['name']}")
    for name in sorted(there - wanted):
        console.order(f"callcenter_config queue unload {name}")
    for name in sorted(wanted):
        console.order(f"callcenter_config queue {'reload' if name in there else 'load'} {name}")
    for name in sorted(agents):
        console.order(f"callcenter_config agent reload {name}")
    for queue, agent in sorted(tiers):
        console.order(f"callcenter_config tier reload {queue} {agent}")


def reload_module(name: str) -> Callable[[Console, Sequence[str]], None]:
    def effect(console: Console, __: Sequence[str]) -> None:
        console.order(f"reload {name}", "+OK module loaded")

    return effect


def nothing_more(__: Console, ___: Sequence[str]) -> None:
    """The XML is read again before anything else."""


def command(text: str, well: str = "+OK") -> Callable[[Console, Sequence[str]], None]:
    def effect(console: Console, __: Sequence[str]) -> None:
        console.order(text, well)

    return effect


EFFECTS: dict[str, Callable[[Console, Sequence[str]], None]] = {
    "reloadxml": nothing_more,
    "reloadacl": command("reloadacl"),
    "gateways": renew_gateways,
    "queues": renew_queues,
    "voicemail": reload_module("mod_voicemail"),
    "records": reload_module("mod_cdr_csv"),
    "log": reload_module("mod_logfile"),
}


# What an effect needs. A new module is loaded by the restart that it takes, with its configuration as it is then.
NEEDS = {"queues": "mod_callcenter", "voicemail": "mod_voicemail", "records": "mod_cdr_csv", "log": "mod_logfile"}


def apply(console: Console, effects: Sequence[str], expected: Sequence[str]) -> None:
    """Carry through effects, in a sensible order, whatever order they are given in."""
    unknown = sorted(set(effects) - set(EFFECTS))
    if unknown:
        raise SwitchError(f"There is no effect {', '.join(unknown)}.")
    console.order("reloadxml", "[Success]")  # says +OK for broken XML as well
    for name, effect in EFFECTS.items():
        if name not in effects:
            continue
        if name in NEEDS and console.ask(f"module_exists {NEEDS[name]}").strip() != "true":
            sys.stdout.write(f"{name} (waits for {NEEDS[name]})\n")
            continue
        effect(console, expected)
        sys.stdout.write(f"{name}\n")


# ---- draining -------------------------------------------------------------------------------------------------------


def calls(console: Console) -> int:
    """Return how many channels are up."""
    words = console.order("show channels count", "total").split()
    return int(words[words.index("total.") - 1])


def stop(signum: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt(signum)


def drain(console: Console, seconds: int) -> int:
    """Turn new calls away until no call is up. Return how many calls are left when the time is over."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    # FreeSWITCH itself takes calls again if whoever drains it never comes back, however that ends.
    console.order(f"sched_api +{seconds + 60} dialtone-drain {RESUME}")
    console.order(DRAIN)
    until = time.monotonic() + seconds
    try:
        while (left := calls(console)) and time.monotonic() < until:
            time.sleep(PAUSE)
    except BaseException:
        resume(console)
        raise
    return left


def resume(console: Console) -> None:
    console.order(RESUME)
    console.ask("sched_del dialtone-drain")


# ---- what is different ----------------------------------------------------------------------------------------------


def deviations(console: Console, expected: Sequence[str], port: int) -> list[str]:
    """Return a sentence for each thing that is not as it should be."""
    found = [f"{line} is missing" for line in missing(console, expected)]
    found += [f"{name} is loaded, but not allowed" for name in surplus(console, expected)]
    if listeners(port):
        found.append(f"the event socket listens on port {port} beyond the loopback")
    return found


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Change or look at the running FreeSWITCH.")
    parser.add_argument("--port", type=int, required=True, help="of the event socket")
    parser.add_argument("--password", type=Path, required=True, help="file with the password of the event socket")
    parser.add_argument("--conf", type=Path, required=True, help="folder of the configuration")
    parser.add_argument("--seconds", type=float, default=60.0, help="until FreeSWITCH has to be ready")
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("apply").add_argument("effects", nargs="*")
    tasks.add_parser("drain").add_argument("limit", type=int)
    tasks.add_parser("ready")
    tasks.add_parser("resume")
    tasks.add_parser("calls")
    tasks.add_parser("inspect")
    given = parser.parse_args(arguments)
    try:
        with connect(given.port, password(given.password), time.monotonic() + given.seconds) as console:
            return run(console, given)
    except SwitchError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stdout.write("Interrupted: FreeSWITCH takes calls as before.\n")
        return 130


def run(console: Console, given: argparse.Namespace) -> int:
    if given.task == "apply":
        apply(console, given.effects, read_expected(given.conf))
    elif given.task == "drain":
        sys.stdout.write(f"{drain(console, given.limit)}\n")
    elif given.task == "resume":
        resume(console)
    elif given.task == "calls":
        sys.stdout.write(f"{calls(console)}\n")
    elif given.task == "inspect":
        expected = read_expected(given.conf)
        until = time.monotonic() + given.seconds
        while (found := deviations(console, expected, given.port)) and time.monotonic() < until:
            time.sleep(PAUSE)
        sys.stdout.write("".join(f"{one}\n" for one in found))
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
