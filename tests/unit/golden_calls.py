# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The golden calls (tests/golden): offices, and what a PBX has to do with calls of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from voice_offices import OPTIONS

from ansible_collections.dialtone.voice.plugins.module_utils._voice.calls import plan

FOLDER = Path(__file__).resolve().parents[1] / "golden"
FILES = tuple(sorted(path.stem for path in FOLDER.glob("*.yml")))


@dataclass(frozen=True)
class Case:
    """One call.

    Attributes:
        name: what the test is called.
        source: who calls, as ``route`` takes it.
        dialled: the user part of the request.
        at: when, with a time zone.
        menu: the menu that the caller is in; empty for a call that begins.
        key: what is pressed there.
        caller: what telephones of the office see of the caller; None where it does not matter.
        route: the steps, with everything that the file leaves out.
    """

    name: str
    source: dict[str, str]
    dialled: str
    at: datetime
    menu: str
    key: str
    caller: str | None
    route: list[dict[str, Any]]


def description(file: str) -> dict[str, Any]:
    """Return the ``voice_*`` variables of a golden office."""
    found: dict[str, Any] = _read(file)["description"]
    return found


def planned(file: str) -> dict[str, Any]:
    """Return the plan of a golden office."""
    return plan.build(description(file), OPTIONS)


def cases(file: str) -> Iterator[Case]:
    """Yield the calls of a golden office."""
    content = _read(file)
    for place, case in enumerate(content["cases"]):
        caller = case["from"]
        (kind,) = set(caller) - {"party"}
        source = {"kind": kind, "caller" if kind == "carrier" else "extension": caller[kind]}
        if "party" in caller:
            source["party"] = caller["party"]
        key = case.get("key", "")
        yield Case(
            name=f"{file}-{place}-{kind}-{caller[kind]}-{case['dial']}{'-key-' + key if key else ''}",
            source=source,
            dialled=case["dial"],
            at=datetime.fromisoformat(case.get("at", content["at"])),
            menu=case.get("menu", ""),
            key=key,
            caller=case.get("caller"),
            route=[_whole(step) for step in case["route"]],
        )


def _whole(step: dict[str, Any]) -> dict[str, Any]:
    if step["do"] == "send":
        return {"anonymous": False, "emergency": False, **step}
    return {"how": "all", **step} if step["do"] == "ring" else step


def _read(file: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{file}.yml").read_text(encoding="utf-8"))
    return content
