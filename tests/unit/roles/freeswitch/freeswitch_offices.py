# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The offices whose configuration is rendered: those of the golden calls, and some that are hard to write down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[4]
GOLDEN = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "tests/golden").glob("*.yml"))
}
FACTS = {"all_ipv4_addresses": ["192.0.2.10"], "default_ipv4": {"address": "192.0.2.10"}}
#: Names and secrets that mean something to the preprocessor, to XML, to the dial plan or to a shell.
HOSTILE = (
    '"><X-PRE-PROCESS cmd="exec" data="id"/>',
    "$${conf_dir} ${system(id)} {x=y}[z] `id` $(id); | & ' \" \\",
    "<!--#exec id --> <include> <?php",
    "x-pre-process",
)
PASSWORD = 'p"\'<X-PRE-PROCESS cmd="set" data="a=b"/>$${conf_dir}&${system(id)}--><!--#'


def hostile() -> dict[str, Any]:
    """Return the American office with the worst names and secrets there are."""
    office: dict[str, Any] = yaml.safe_load(yaml.safe_dump(GOLDEN["us"]["description"]))
    for entry, name in zip(office["voice_extensions"], HOSTILE):
        entry["name"] = name
    for entry, name in zip(office["voice_mailboxes"], HOSTILE):
        entry["name"] = name
    office["voice_trunks"][0]["authentication"] = {"addresses": [], "credentials": ["users"]}
    office["voice_trunk_credentials"] = {"acme-hq": {"username": "user<&>", "password": PASSWORD}}
    return office


def changed(**changes: Any) -> dict[str, Any]:
    return {**yaml.safe_load(yaml.safe_dump(GOLDEN["us"]["description"])), **changes}


def dialplan(**changes: Any) -> dict[str, Any]:
    office = changed()
    office["voice_dialplan"] = {**office["voice_dialplan"], **changes}
    return office


OFFICES: dict[str, dict[str, Any]] = {
    **{f"golden_{name}": golden["description"] for name, golden in GOLDEN.items()},
    "hostile": hostile(),
    "quiet": changed(
        voice_qualify_seconds=0, voice_codecs=["opus", "g722", "alaw"], voice_external_address="203.0.113.9"
    ),
    "strict": dialplan(transfer_outside=False, anonymous_inbound="refuse"),
    "recorded": changed(voice_call_recording={"calls": "all"}),
    "marked": changed(voice_call_recording={"calls": "marked"}),
}
