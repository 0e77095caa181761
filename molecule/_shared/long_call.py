# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold a call from extension 101 to the outside until both sides have heard each other for some seconds.

long_call.py LAB SECONDS FILE     FILE is made when the call is up. Exit code 1 if a side did not hear the other.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lab.checks import CARRIER_TONE, DIALLED, OFFICE_TONE
from lab.lab import Lab
from lab.telephone import subscriber


def main(name: str, seconds: float, up: Path) -> int:
    lab = Lab(name)
    pbx, phone, outside = (lab.address(host) for host in ("pbx1", "phone", "pstn"))
    limit = seconds + 30
    far_options: dict[str, str | float] = {
        "listen": f"{outside}:5060",
        "tone": CARRIER_TONE,
        "expect": OFFICE_TONE,
        "hear-seconds": seconds,
    }
    options: dict[str, str | float] = {
        "listen": f"{phone}:5070",
        "from": f"sip:101@{pbx}",
        "to": f"sip:{DIALLED}@{pbx}",
        "proxy": f"{pbx}:5060",
        "username": "101",
        "tone": OFFICE_TONE,
        "expect": CARRIER_TONE,
        "hear-seconds": seconds,
    }
    with subscriber(lab, "pstn", "answer", far_options, timeout=limit) as far:
        far.wait_for("listening")
        password = lab.extension_secret("101")
        with subscriber(lab, "phone", "call", options, password=password, timeout=limit) as caller:
            caller.wait_for("answered")
            up.touch()
            results = [caller.result(), far.result()]
    sys.stdout.write(json.dumps(results) + "\n")
    return 0 if all(result["ok"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])))
