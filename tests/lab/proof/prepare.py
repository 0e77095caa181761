# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the office of the proofs cannot know by itself: prompts, secrets, and days that are open or closed today.

python -m lab.proof.prepare --name molecule     writes .lab/molecule/proof.yml, an inventory, and what it names
"""

from __future__ import annotations

import argparse
import array
import datetime
import json
import math
import re
import secrets
import sys
import wave
from pathlib import Path
from typing import Any

from lab.hosts.host import own, write_private
from lab.lab import ROOT, Lab
from lab.proof.tones import PROMPTS

OFFICE = ROOT / "tests" / "lab" / "office_full"
BRANCH = ROOT / "tests" / "lab" / "office_nat"
NOTIFIER = "/usr/local/bin/lab-emergency"
NOTIFIER_TAG = "lab-emergency"
CARRIER_CA = "/etc/ssl/certs/lab-carrier.pem"  # on the PBX hosts: as if it were among the system's authorities
RATE = 8000
AMPLITUDE = 8000  # of 32767: as loud as the telephones
BRANCH_EXTENSION = "201"
MAILBOXES = ("102", "111")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# What the PBX runs at an emergency call. The journal takes its words even from a service that may write nowhere.
NOTIFIER_SCRIPT = f'#!/bin/sh\nprintf "%s|" "$@" | logger --tag {NOTIFIER_TAG}\n'


def tone(path: Path, frequency: int, seconds: float) -> None:
    """Write a WAV file with a tone, as the description wants prompts: 8 kHz, 16 bit, mono."""
    step = 2 * math.pi * frequency / RATE
    samples = array.array("h", (round(AMPLITUDE * math.sin(step * n)) for n in range(round(RATE * seconds))))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def days(today: datetime.date) -> dict[str, Any]:
    """Return a weekday that is not today in any time zone, and as holidays the dates that may be today in one."""
    around = [today + datetime.timedelta(days=shift) for shift in (-1, 0, 1)]
    return {
        "lab_another_day": WEEK[(today.weekday() + 3) % 7],
        "lab_holidays": [{"date": day.isoformat(), "name": "Lab day"} for day in around],
    }


def extensions() -> list[str]:
    """Return the extensions of the office, as far as they want a secret."""
    text = (OFFICE / "group_vars" / "all" / "office.yml").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"vault_secret_([0-9]+)", text)))


def trunk_password(lab: Lab) -> str:
    """Return the password of the trunk that knows its PBX by nothing else. Twilio wants three kinds of characters."""
    return lab.secret("trunk", f"Lab1{secrets.token_urlsafe(18)}")


def mailbox_pin(lab: Lab, mailbox: str) -> str:
    """Return the PIN of a mailbox: no run, no repetition."""
    return lab.secret(f"mailbox-{mailbox}", f"{mailbox}{secrets.randbelow(9000) + 1000}{mailbox}")


def prepare(lab: Lab, today: datetime.date) -> Path:
    """Make everything, put the notifier on the PBX hosts, and return the inventory."""
    prompts = lab.state / "prompts"
    prompts.mkdir(exist_ok=True)
    own(prompts)
    for name, (frequency, seconds) in PROMPTS.items():
        tone(prompts / f"{name}.wav", frequency, seconds)
        own(prompts / f"{name}.wav")
    values = {
        "lab_prompts": str(prompts),
        "lab_certificates": str(lab.state / "certificates"),
        "lab_carrier_ca": CARRIER_CA,
        "vault_trunk_password": trunk_password(lab),
        **{f"vault_pin_{mailbox}": mailbox_pin(lab, mailbox) for mailbox in MAILBOXES},
        **days(today),
        **{
            f"vault_secret_{extension}": lab.extension_secret(extension)
            for extension in [*extensions(), BRANCH_EXTENSION]
        },
    }
    inventory = lab.state / "proof.yml"
    write_private(
        inventory,
        "# Written by lab.proof.prepare; holds secrets.\n" + json.dumps({"all": {"vars": values}}, indent=2) + "\n",
    )
    authority = lab.carrier_ca.read_text(encoding="ascii")
    for host in lab.plan.machines:
        lab.exec(host.name, ["sh", "-c", f"cat > {NOTIFIER} && chmod 755 {NOTIFIER}"], input=NOTIFIER_SCRIPT)
        lab.exec(host.name, ["sh", "-c", f"cat > {CARRIER_CA} && chmod 644 {CARRIER_CA}"], input=authority)
    return inventory


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.proof.prepare", description="Prepare the proofs.")
    parser.add_argument("--name", default="molecule", help="the lab (default: molecule)")
    print(prepare(Lab(parser.parse_args().name), datetime.datetime.now(datetime.timezone.utc).date()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
