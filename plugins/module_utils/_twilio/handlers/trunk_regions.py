# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The region in which a trunk's inbound calls are processed. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .. import validate as check
from ..catalog.routes import DEFAULT_REGION, TRUNK_REGION
from ..catalog.trunking import TRUNK
from ..directory import TRUNKS
from ..errors import TwilioError
from ..module import Outcome, Task
from ..plan import Node, Ref
from ..resource import Record


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options before the first request."""
    check.text("trunk", params["trunk"], 255)
    if params["trunk"] and params["trunk"].endswith(".twilio.com"):
        check.domain_name("trunk", params["trunk"])


def ensure(task: Task) -> Outcome:
    """Assign the region."""
    trunk = _trunk(task, task.params["trunk"])
    outcome = task.converge(Node(TRUNK_REGION, _read(task, trunk), {"voice_region": task.params["voice_region"]}))
    outcome.before, outcome.after = _shown(trunk, outcome.before), _shown(trunk, outcome.after)
    outcome.results["trunk_region"] = outcome.after
    return outcome


def _trunk(task: Task, name: str) -> Record:
    """Return the trunk with this SID, domain or name; in check mode it may not exist yet.

    Raises:
        AmbiguousError: the name is borne by several.
        MissingReferenceError: there is no such trunk.
        TwilioError: it has no domain, and so no region.
    """
    found = task.directory.find(TRUNKS, [name])[name]
    if found is None:
        found = task.directory.insist(TRUNKS, "trunk", name)
    if isinstance(found, Ref):
        field = TRUNKS.field(name)
        return {"sid": None, "friendly_name": None, "domain_name": None, field: name}
    if not found["domain_name"]:
        raise TwilioError(
            f"trunk: the trunk {found['friendly_name'] or found['sid']} ({found['sid']}) has no termination domain, "
            "and Twilio assigns regions to domains. Give it a domain_name with dialtone.voice.twilio_trunk first."
        )
    return found


def _read(task: Task, trunk: Mapping[str, Any]) -> Record:
    """Return the assignment; where Twilio knows of none, or of an empty one, its default holds."""
    domain = trunk["domain_name"]
    record = task.api.fetch(TRUNK_REGION, str(domain)) if trunk["sid"] else None
    if record and record["voice_region"]:
        return record
    return {"sip_trunk_domain": domain, "voice_region": DEFAULT_REGION}


def _shown(trunk: Mapping[str, Any], record: Mapping[str, Any] | None) -> Record:
    return {
        "trunk_sid": trunk["sid"],
        "friendly_name": trunk["friendly_name"],
        "domain_name": trunk["domain_name"],
        "voice_region": (record or {}).get("voice_region"),
    }


def inform(task: Task) -> Outcome:
    """Return the regions of a trunk, or of all trunks that have a domain."""
    name = task.params["trunk"]
    if name:
        found = task.directory.find(TRUNKS, [name])[name]
        trunks = [] if found is None or isinstance(found, Ref) else [found]
    else:
        trunks = task.directory.records(TRUNK)
    trunks = [trunk for trunk in trunks if trunk["domain_name"]]
    records = task.gather([partial(_read, task, trunk) for trunk in trunks])
    return Outcome(results={"trunk_regions": [_shown(trunk, record) for trunk, record in zip(trunks, records)]})
