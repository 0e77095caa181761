# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a PBX has to treat calls."""

from __future__ import annotations

DOCUMENTATION = r"""
name: call_plan
short_description: Work out from the description how a PBX has to treat calls
version_added: 0.3.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Derives, from the C(voice_*) variables of one PBX, everything that its configuration needs, in a form that is the
    same for any PBX.
  - What the keys mean is in docs/calls.md. There are no secrets in the plan.
  - With a description that has problems the filter fails with all of them.
requirements:
  - phonenumbers
options:
  _input:
    description: The C(voice_*) variables of one host. Others are ignored, those left out have their defaults.
    type: dict
    required: true
seealso:
  - plugin: dialtone.voice.call_problems
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show where calls from outside go
  ansible.builtin.debug:
    msg: "{{ (dict(names | zip(query('ansible.builtin.vars', *names))) | dialtone.voice.call_plan).numbers }}"
  vars:
    names: "{{ query('ansible.builtin.varnames', '^voice_.+') }}"
"""

RETURN = r"""
_value:
  description: The plan. All keys are always there.
  type: dict
  contains:
    country:
      description: The country of the office.
      type: str
    country_code:
      description: Its country code, without V(+).
      type: str
    dialling:
      description: How dialled digits become E.164.
      type: dict
      contains:
        country:
          description: The country.
          type: str
        country_code:
          description: Its country code.
          type: str
        international_prefixes:
          description: What is dialled before a country code, longest first.
          type: list
          elements: str
        international_prefix:
          description: The same as a POSIX extended expression; may be empty.
          type: str
        national_prefix:
          description: The trunk prefix; may be empty.
          type: str
        national_prefix_optional:
          description: Whether a national number may be dialled without it.
          type: bool
        national_lengths:
          description: Lengths of a national number.
          type: list
          elements: int
        national_regex:
          description: A whole national number as a POSIX extended expression.
          type: str
          sample: "^([0-9]{10})$"
        emergency:
          description: The country's emergency numbers.
          type: list
          elements: str
    emergency:
      description: Emergency calls.
      type: dict
      contains:
        numbers:
          description: The country's numbers, and those that the description adds.
          type: list
          elements: str
        notify_command:
          description: Program to run beside; may be empty.
          type: str
    trunks:
      description: The trunks, in order.
      type: list
      elements: dict
      contains:
        name:
          description: Its name in the account.
          type: str
        slug:
          description: Its name in configuration files.
          type: str
        domain:
          description: Its termination domain.
          type: str
        direction:
          description: V(both), V(inbound) or V(outbound).
          type: str
        transport:
          description: V(udp), V(tcp) or V(tls).
          type: str
        srtp:
          description: Whether media is encrypted.
          type: bool
        credentials:
          description: Whether the PBX has a user and a password for it.
          type: bool
        edges:
          description: Where calls go, preferred first.
          type: list
          elements: dict
          contains:
            edge:
              description: Name of the edge.
              type: str
            name:
              description: Its name in configuration files.
              type: str
            host:
              description: Its host.
              type: str
            port:
              description: Its port; 0 for what DNS or the transport says.
              type: int
    signalling_networks:
      description: Networks from which the carrier's calls come.
      type: list
      elements: str
    media_networks:
      description: Networks from which its media comes.
      type: list
      elements: str
    numbers:
      description: The numbers of the office.
      type: list
      elements: dict
      contains:
        number:
          description: In E.164.
          type: str
        digits:
          description: Without V(+).
          type: str
        trunk:
          description: Slug of its trunk.
          type: str
        target:
          description: Where a call to it goes.
          type: dict
          contains:
            kind:
              description: >-
                One of V(extension), V(ring_group), V(queue), V(menu), V(schedule), V(announcement),
                V(voicemail), V(external), V(hangup).
              type: str
            id:
              description: >-
                The extension, the slug, the mailbox, or for V(hangup) one of V(busy), V(declined),
                V(unavailable), V(unassigned).
              type: str
        emergency_address:
          description: Name of its emergency address; may be empty.
          type: str
        name:
          description: Its name, or what it is for.
          type: str
    extensions:
      description: The telephones.
      type: list
      elements: dict
      contains:
        extension:
          description: Its extension.
          type: str
        name:
          description: Whose it is.
          type: str
        caller_id:
          description: The number that it shows; empty if the office has none.
          type: str
        anonymous:
          description: Whether called parties see none.
          type: bool
        trunk:
          description: Slug of the trunk for its calls; empty if no trunk takes calls out.
          type: str
        emergency_caller_id:
          description: The number that emergency services see.
          type: str
        emergency_trunk:
          description: Slug of the trunk for its emergency calls.
          type: str
        emergency_address:
          description: Name of the address of that number; may be empty.
          type: str
        policy:
          description: Name of its policy.
          type: str
        calls:
          description: Outbound calls at a time; 0 for any number.
          type: int
        calls_per_minute:
          description: Outbound calls begun in a minute; 0 for any number.
          type: int
        ring_seconds:
          description: How long it rings.
          type: int
        otherwise:
          description: >-
            Where a call goes that it does not take. A target, as C(numbers[].target); none if it is left out.
          type: dict
        mailbox:
          description: The mailbox that it hears; may be empty.
          type: str
        record:
          description: Whether its calls are recorded with V(marked).
          type: bool
        transport:
          description: The transport that it has to use.
          type: str
        srtp:
          description: Whether its media is encrypted.
          type: bool
    emergency_trunks:
      description: Slugs of all trunks that take calls out.
      type: list
      elements: str
    policies:
      description: >-
        Who may call where: extensions with equal rules share one.
      type: list
      elements: dict
      contains:
        name:
          description: Its name.
          type: str
        rules:
          description: As the rules of P(dialtone.voice.dialplan_rules#filter).
          type: list
          elements: dict
          contains:
            action:
              description: V(allow) or V(deny).
              type: str
            class:
              description: Class of destination.
              type: str
            country:
              description: Country of the numbers.
              type: str
            regex:
              description: POSIX extended expression over E.164.
              type: str
    ring_groups:
      description: Ring groups.
      type: list
      elements: dict
      contains:
        name:
          description: Its name.
          type: str
        slug:
          description: Its name in configuration files.
          type: str
        extension:
          description: What telephones dial to reach it; may be empty.
          type: str
        members:
          description: Extensions.
          type: list
          elements: str
        strategy:
          description: V(ring_all) or V(in_order).
          type: str
        ring_seconds:
          description: How long it, or each member, rings.
          type: int
        otherwise:
          description: Where a call goes that nobody takes. A target, as C(numbers[].target); none if it is left out.
          type: dict
    queues:
      description: Queues.
      type: list
      elements: dict
      contains:
        name:
          description: Its name.
          type: str
        slug:
          description: Its name in configuration files.
          type: str
        extension:
          description: What telephones dial to reach it; may be empty.
          type: str
        members:
          description: Extensions.
          type: list
          elements: str
        strategy:
          description: V(ring_all), V(longest_idle), V(fewest_calls) or V(in_order).
          type: str
        ring_seconds:
          description: How long a member rings.
          type: int
        wait_seconds:
          description: How long a caller waits.
          type: int
        most_waiting:
          description: Callers that may wait; 0 for any number.
          type: int
        wrap_up_seconds:
          description: Rest for a member after a call.
          type: int
        music:
          description: Name of the file that callers hear; may be empty.
          type: str
        otherwise:
          description: Where a call goes that nobody takes. A target, as C(numbers[].target); none if it is left out.
          type: dict
    menus:
      description: Menus.
      type: list
      elements: dict
      contains:
        name:
          description: Its name.
          type: str
        slug:
          description: Its name in configuration files.
          type: str
        extension:
          description: What telephones dial to reach it; may be empty.
          type: str
        prompt:
          description: Name of the file that is played.
          type: str
        keys:
          description: Each key with its target.
          type: dict
        dial_extensions:
          description: Whether an extension may be dialled.
          type: bool
        wait_seconds:
          description: How long a key is waited for.
          type: int
        attempts:
          description: How often the file is played.
          type: int
        otherwise:
          description: Where a call goes without a key. A target, as C(numbers[].target); none if it is left out.
          type: dict
    schedules:
      description: Schedules.
      type: list
      elements: dict
      contains:
        name:
          description: Its name.
          type: str
        slug:
          description: Its name in configuration files.
          type: str
        extension:
          description: What telephones dial to reach it; may be empty.
          type: str
        timezone:
          description: IANA name of the time zone.
          type: str
        open:
          description: Opening hours, merged.
          type: list
          elements: dict
          contains:
            days:
              description: Days of the week.
              type: list
              elements: str
            from:
              description: Begin, HH:MM.
              type: str
            to:
              description: End, HH:MM or 24:00; that minute is not in it.
              type: str
        holidays:
          description: Holidays, which come before opening hours.
          type: list
          elements: dict
          contains:
            month:
              description: Month.
              type: int
            day:
              description: Day of the month.
              type: int
            year:
              description: Year; none for every year.
              type: int
            from:
              description: Begin, HH:MM.
              type: str
            to:
              description: End, HH:MM or 24:00; that minute is not in it.
              type: str
            name:
              description: What is celebrated; may be empty.
              type: str
        during:
          description: Where a call goes when open. A target, as C(numbers[].target).
          type: dict
        otherwise:
          description: Where it goes when closed. A target, as C(numbers[].target).
          type: dict
        on_holiday:
          description: Where it goes on a holiday. A target, as C(numbers[].target).
          type: dict
    announcements:
      description: Announcements.
      type: list
      elements: dict
      contains:
        name:
          description: Its name.
          type: str
        slug:
          description: Its name in configuration files.
          type: str
        extension:
          description: What telephones dial to reach it; may be empty.
          type: str
        prompt:
          description: Name of the file that is played.
          type: str
        otherwise:
          description: Where the call goes then. A target, as C(numbers[].target); none if it is left out.
          type: dict
    external:
      description: Numbers outside.
      type: list
      elements: dict
      contains:
        name:
          description: Its name.
          type: str
        slug:
          description: Its name in configuration files.
          type: str
        extension:
          description: What telephones dial to reach it; may be empty.
          type: str
        number:
          description: In E.164.
          type: str
        caller_id:
          description: >-
            The number that is shown; empty for the number called, or the caller ID of the extension that
            calls.
          type: str
        trunk:
          description: Slug of the trunk; empty if no trunk takes calls out.
          type: str
        ring_seconds:
          description: How long it rings.
          type: int
        otherwise:
          description: Where a call goes that is not taken. A target, as C(numbers[].target); none if it is left out.
          type: dict
    mailboxes:
      description: Mailboxes, without their PINs.
      type: list
      elements: dict
      contains:
        mailbox:
          description: Its number.
          type: str
        name:
          description: Whose it is.
          type: str
        email:
          description: Where notices go; may be empty.
          type: str
        greeting:
          description: Name of the file that callers hear; may be empty.
          type: str
    voicemail:
      description: What is common to all mailboxes.
      type: dict
      contains:
        extension:
          description: What telephones dial to hear theirs.
          type: str
        most_messages:
          description: Messages in a mailbox.
          type: int
        most_seconds:
          description: Length of a message.
          type: int
        keep_days:
          description: Days until a message is deleted; 0 for never.
          type: int
    recording:
      description: What is recorded.
      type: dict
      contains:
        calls:
          description: V(none), V(marked), V(inbound), V(outbound) or V(all).
          type: str
        prompt:
          description: Name of the file that callers hear first; may be empty.
          type: str
        keep_days:
          description: Days until a recording is deleted; 0 for never.
          type: int
    cdr_keep_days:
      description: Days until call detail records are deleted; 0 for never.
      type: int
    dialable:
      description: What telephones reach by an extension that is no telephone's, in order.
      type: list
      elements: dict
      contains:
        extension:
          description: What is dialled.
          type: str
        target:
          description: Where it leads. A target, as C(numbers[].target).
          type: dict
    prompts:
      description: >-
        Every WAV file to install: its name in this plan, and its path on the controller as it is written.
      type: dict
    limits:
      description: Limits of the PBX.
      type: dict
      contains:
        calls:
          description: Outbound calls at a time; 0 for any number.
          type: int
        calls_per_minute:
          description: Outbound calls begun in a minute; 0 for any number.
          type: int
    anonymous_inbound:
      description: V(accept) or V(refuse).
      type: str
    transfer_outside:
      description: Whether a caller from outside may be transferred outside.
      type: bool
    codecs:
      description: Codecs in order of preference.
      type: list
      elements: str
    tone_country:
      description: >-
        Whose tones are played: the country in small letters.
      type: str
    outbound_answer_seconds:
      description: How long a call outside may go unanswered.
      type: int
    contacts_per_extension:
      description: Telephones of an extension.
      type: int
    realm:
      description: Realm of digest authentication.
      type: str
    qualify_seconds:
      description: Seconds between two OPTIONS; 0 for none.
      type: int
    edge_timeout_seconds:
      description: How long an edge may be silent.
      type: int
    sip:
      description: Where SIP is received.
      type: dict
      contains:
        bind:
          description: Address.
          type: str
        port:
          description: Port of UDP and TCP.
          type: int
        tls_port:
          description: Port of TLS.
          type: int
        transports:
          description: Those that a trunk or an extension uses, UDP first.
          type: list
          elements: str
    rtp:
      description: The media range.
      type: dict
      contains:
        start:
          description: First port.
          type: int
        end:
          description: Last port.
          type: int
    external_address:
      description: V(auto), V(none) or an IPv4 address.
      type: str
    local_networks:
      description: Networks that reach the PBX without NAT.
      type: list
      elements: str
    hops:
      description: Destinations that a call passes at most.
      type: int
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice.calls import plan
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options


def call_plan(values: Any) -> dict[str, Any]:
    return plan.build(values, description_options())


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"call_plan": as_filter(call_plan)}
