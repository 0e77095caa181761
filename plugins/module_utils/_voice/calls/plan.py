# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the description to the plan of calls that both PBXs write down. Private to the collection.

docs/calls.md says what the plan means; the documentation of the filter ``dialtone.voice.call_plan`` has every key.
There are no secrets in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import dialplan
from ..errors import VoiceError
from ..schema import Options
from . import codecs, destinations, extensions, prompts, trunks
from .policies import Policies
from .problems import host_problems
from .site import Site, of_host

#: Destinations that a call passes at most.
HOPS = 10
_TRANSPORTS = ("udp", "tcp", "tls")


class CallPlanError(VoiceError):
    """The description cannot be followed by a PBX; the message holds every problem."""


def build(values: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """Return the plan of one PBX.

    Args:
        values: the ``voice_*`` variables of the host; others are ignored, those left out have their defaults.
        options: the options of the role ``voice_description``.

    Raises:
        CallPlanError: the description has problems.
    """
    if found := host_problems(values, options):
        raise CallPlanError(" ".join(found))
    return _plan(of_host(values, options)[0])


def _plan(site: Site) -> dict[str, Any]:
    country = site.country or ""
    policies = Policies(site)
    dialling = _dialling(site)
    planned = list(extensions.plan(site, policies))
    return {
        "country": country,
        "country_code": dialling["country_code"],
        "dialling": dialling,
        "emergency": {
            "numbers": site.emergency,
            "notify_command": site.values["voice_dialplan"]["emergency"]["notify_command"] or "",
        },
        "trunks": list(trunks.plan(site)),
        **trunks.networks(site),
        "numbers": list(extensions.numbers(site)),
        "extensions": planned,
        "emergency_trunks": [trunks.slug(trunk["name"]) for trunk in trunks.outbound(site)],
        "policies": policies.plan(),
        **destinations.plan(site),
        "mailboxes": list(extensions.mailboxes(site)),
        "dialable": destinations.dialable(site),
        "prompts": prompts.plan(site),
        **_settings(site.values, country),
        "sip": _sip(site),
        "hops": HOPS,
    }


def _dialling(site: Site) -> dict[str, Any]:
    facts = dialplan.build(site.country or "", {})
    del facts["rules"]
    lengths = "|".join(f"[0-9]{{{length}}}" for length in facts["national_lengths"])
    return {**facts, "national_regex": f"^({lengths})$"}


def _settings(values: Mapping[str, Any], country: str) -> dict[str, Any]:
    rules, recording = values["voice_dialplan"], values["voice_call_recording"]
    return {
        "voicemail": dict(values["voice_voicemail"]),
        "recording": {**recording, "prompt": prompts.recording(recording["prompt"])},
        "cdr_keep_days": values["voice_cdr_keep_days"],
        "limits": {key: rules["limits"][key] for key in ("calls", "calls_per_minute")},
        "anonymous_inbound": rules["anonymous_inbound"],
        "transfer_outside": rules["transfer_outside"],
        "codecs": codecs.codecs(values["voice_codecs"], country),
        "tone_country": codecs.tone_country(country),
        "outbound_answer_seconds": values["voice_outbound_answer_seconds"],
        "contacts_per_extension": values["voice_contacts_per_extension"],
        "realm": values["voice_sip_realm"],
        "qualify_seconds": values["voice_qualify_seconds"],
        "edge_timeout_seconds": values["voice_edge_timeout_seconds"],
        "rtp": {"start": values["voice_rtp_start"], "end": values["voice_rtp_end"]},
        "external_address": values["voice_external_address"],
        "local_networks": list(values["voice_local_networks"]),
    }


def _sip(site: Site) -> dict[str, Any]:
    used = {
        entry["transport"] for variable in ("voice_trunks", "voice_extensions") for __, entry in site.entries(variable)
    }
    return {
        "bind": site.values["voice_bind_address"],
        "port": site.values["voice_sip_port"],
        "tls_port": site.values["voice_sip_tls_port"],
        "transports": [transport for transport in _TRANSPORTS if transport in used],
    }
