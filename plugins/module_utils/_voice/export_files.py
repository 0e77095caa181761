# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an exported account: an inventory, variables with comments, the list of secrets, a report. Private."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .errors import VoiceError
from .export import Exported
from .markdown import plain
from .yaml_text import block, comment

#: Readable by the group; the directory of an account is not for everybody.
MODE = "0640"
#: What is going to hold secrets.
SECRET_MODE = "0600"  # noqa: S105
OFFICE = re.compile(r"[a-z][a-z0-9_]*")

_HEAD = "Written by the playbook dialtone.voice.export from what the account holds."
_TRUNKS = """The trunks, each with lists by name (voice_access_lists, voice_credential_lists).
What Twilio's API does not tell:
- edges: where the PBX sends its calls. Written here are those of the trunks' region. Put the nearest one first.
- calls per second of a trunk, symmetric RTP, and SIP header manipulation: they are in the console only.
Addresses that are kept by hand here can follow the PBXs later: authentication.addresses: auto."""
_NUMBERS = """The numbers on trunks. What Twilio's API does not tell:
- owner and purpose: who answers for the number, and what it is for;
- destination: where a call to it goes, such as {extension: "101"}. Until then the PBX refuses calls to it with 404."""
_ACCOUNT = """What the account holds beside trunks and numbers. Twilio never tells a password: existing users need none.
To change one, put it into a vault under the name that stands here, and set update_password: always for one run."""
_PURGE = """Nothing is taken away as long as this is false. Remove the line when the description is the truth."""
_GROUND = """The roles below the PBX that the playbooks hosts and site apply: none, as the account does not know from
where the hosts are managed. Set voice_management_networks (docs/ground.md) and remove the line for all of them."""
_TELEPHONES = "The telephones and where they may call: the account knows neither. docs/description.md explains them."


def files(exported: Exported, office: str, settings: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the files, a dictionary each of ``path``, ``mode`` and ``content``.

    Args:
        exported: the description.
        office: name of the office, for a group and its placeholder host.
        settings: ``voice_twilio_*`` variables that say which account it is; nothing secret.

    Raises:
        VoiceError: the name of the office cannot be that of a group.
    """
    if not OFFICE.fullmatch(office):
        raise VoiceError(
            f"voice_export_office: '{office}' is not the name of a group: use a-z, 0-9 and _, from a letter."
        )
    rest = dict(exported.variables)

    def take(*names: str) -> dict[str, Any]:
        return {name: rest.pop(name) for name in names if name in rest}

    folder = f"group_vars/{office}"
    inventory: dict[str, Any] = {
        "all": {"children": {"voice_pbx": {"children": {office: {"hosts": {f"{office}-pbx1": {}}}}}}},
    }
    trunks, numbers = take("voice_trunks"), take("voice_numbers")
    telephones, purge = take("voice_extensions", "voice_dialplan"), take("voice_purge")
    ground = take("voice_ground")
    documents = [
        (
            "inventory.yml",
            [
                (
                    f"{office}-pbx1 stands for the PBX of the office: only the playbooks hosts and site connect to it. "
                    "Give it\nits name, its ansible_host, and its voice_public_address.",
                    inventory,
                )
            ],
        ),
        (f"{folder}/account.yml", [("", dict(settings)), (_PURGE, purge), (_ACCOUNT, rest)]),
        (f"{folder}/trunks.yml", [(_TRUNKS, trunks)]),
        (f"{folder}/numbers.yml", [(_NUMBERS, numbers)]),
        (f"{folder}/telephones.yml", [(_TELEPHONES, telephones), (_GROUND, ground)]),
    ]
    result = [{"path": path, "mode": MODE, "content": _document(parts)} for path, parts in documents]
    result.append({"path": f"{folder}/secrets.example.yml", "mode": SECRET_MODE, "content": _secrets(exported)})
    result.append({"path": "export-report.md", "mode": MODE, "content": _report(exported)})
    return result


def _document(parts: list[tuple[str, Any]]) -> str:
    lines = ["---", *comment(_HEAD)]
    for words, values in parts:
        if values:
            lines += ["", *(comment(words) if words else []), *block(values)]
    return "\n".join(lines) + "\n"


def _secrets(exported: Exported) -> str:
    lines = [
        "---",
        *comment(
            "The secrets of the description. Copy this file to vault.yml beside it, set there what you need, and\n"
            "encrypt it with ansible-vault. Nothing is set here: a user that exists keeps its password. The account's\n"
            "own token or API key is best left in the environment (TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and\n"
            "TWILIO_API_SECRET)."
        ),
    ]
    for name, whose in exported.secrets.items():
        lines += ["", *comment(f"Password of {whose}"), *comment(f'{name}: ""')]
    return "\n".join(lines) + "\n"


def _report(exported: Exported) -> str:
    variables = exported.variables
    counts = [
        f"- {what}: {len(variables[name])}"
        for what, name in (
            ("trunks", "voice_trunks"),
            ("numbers on trunks", "voice_numbers"),
            ("access lists", "voice_access_lists"),
            ("credential lists", "voice_credential_lists"),
            ("addresses", "voice_addresses"),
        )
    ]
    lost = [f"- {plain(line)}" for line in exported.lost] or ["Nothing."]
    free = [f"- {number}" for number in exported.numbers_without_trunk] or ["None."]
    return "\n".join(
        [
            "# Export of a Twilio voice account",
            "",
            "## What was described",
            "",
            *counts,
            "",
            "## What the description cannot hold",
            "",
            "It is not in the files, and stays in the account as it is. To have it described, change it in the account",
            "as its sentence says, and export again.",
            "",
            *lost,
            "",
            "## Numbers that are on no trunk",
            "",
            *free,
            "",
        ]
    )
