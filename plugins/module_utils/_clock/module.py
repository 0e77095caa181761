# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boundary to Ansible. Private."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Sequence
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from . import host
from .judge import Limits, judge

MOST_SECONDS = 600


def run_program(argv: Sequence[str], seconds: float) -> tuple[int, str] | None:
    """Run a program; None if there is no such."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    try:
        done = subprocess.run(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=seconds,
            env={"PATH": path, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        return None
    except subprocess.TimeoutExpired:
        return 124, f"no answer within {seconds:.0f} s"
    return done.returncode, done.stdout.decode("utf-8", "replace")


def run(spec: dict[str, Any]) -> None:
    """Run the module with its argument spec."""
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    given = module.params
    if not (math.isfinite(given["max_offset"]) and given["max_offset"] > 0):
        module.fail_json(msg=f"max_offset is {given['max_offset']}: give seconds, more than 0, for example 0.1.")
    if not 1 <= given["max_stratum"] <= 15:
        module.fail_json(msg=f"max_stratum is {given['max_stratum']}: give 1 to 15, for example 10.")
    if not 0 <= given["wait_seconds"] <= MOST_SECONDS:
        module.fail_json(msg=f"wait_seconds is {given['wait_seconds']}: give 0 to {MOST_SECONDS}.")
    limits = Limits(given["max_offset"], given["max_stratum"])
    reading = host.read(run_program)
    found = judge(reading, limits)
    if found.problems and given["wait_seconds"] and not reading.trouble:
        # In a container nothing is ever corrected.
        host.wait(run_program, given["wait_seconds"], 0 if reading.container else limits.offset)
        reading = host.read(run_program)
        found = judge(reading, limits)
    selected = reading.selected
    for sentence in found.warnings:
        module.warn(sentence)
    words = f"The clock is {abs(reading.offset):.6f} s off {selected.label}." if selected else ""
    if reading.container and words:
        words += " This is a container: the clock is that of the machine that runs it, and is not set here."
    module.exit_json(
        changed=False,
        msg=" ".join(found.problems) or words,
        synchronised=not found.problems,
        problems=found.problems,
        source=selected.shown() if selected else None,
        sources=[one.shown() for one in reading.sources],
        offset=reading.offset if selected else None,
        stratum=reading.stratum if selected else None,
        root_distance=reading.distance if selected else None,
        leap=reading.leap,
        container=reading.container,
    )
