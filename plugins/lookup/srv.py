# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a SIP domain is."""

from __future__ import annotations

DOCUMENTATION = r"""
name: srv
short_description: Find the hosts of a SIP domain by SRV records
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Looks up the SRV records of SIP domains, orders the targets by priority and weight (RFC 2782), and adds their
    addresses.
  - A domain without SRV records is looked up by its address records, with the standard port of the transport.
  - A name that does not exist, a failing name server and one that does not answer are different errors.
requirements:
  - dnspython
options:
  _terms:
    description: Domains.
    required: true
    type: list
    elements: str
  transport:
    description:
      - Which records to look for, V(udp) C(_sip._udp), V(tcp) C(_sip._tcp), V(tls) C(_sips._tcp).
      - V(naptr) lets the NAPTR records of the domain choose, and means V(udp) for a domain without any.
    type: str
    choices: [udp, tcp, tls, naptr]
    default: udp
  nameservers:
    description:
      - Addresses of the name servers to ask, with a port if it is not 53, as in V(192.0.2.53:5353).
      - Without it those of the controller.
    type: list
    elements: str
    default: []
  timeout:
    description: Seconds to wait for each name.
    type: float
    default: 5.0
notes:
  - Targets of one priority come in a random order by weight, so that two runs can differ. Sort before writing a file.
"""

EXAMPLES = r"""
- name: Show where calls to an edge go
  ansible.builtin.debug:
    msg: "{{ query('dialtone.voice.srv', 'pstn.ashburn.twilio.com', transport='tls') }}"
"""

RETURN = r"""
_raw:
  description: One dictionary for each domain.
  type: list
  elements: dict
  contains:
    domain:
      description: The domain.
      type: str
    name:
      description: The name that decided, of the SRV record or the domain itself.
      type: str
    source:
      description: V(srv) or V(address).
      type: str
    transport:
      description: V(udp), V(tcp) or V(tls).
      type: str
    ttl:
      description: Seconds for which the answer is valid.
      type: int
    targets:
      description: The hosts in the order in which they are to be tried.
      type: list
      elements: dict
      contains:
        host:
          description: Name of the host.
          type: str
        port:
          description: Port.
          type: int
        priority:
          description: Priority of the SRV record, lowest first.
          type: int
        weight:
          description: Weight of the SRV record among equal priorities.
          type: int
        addresses:
          description: IPv4 addresses, or IPv6 addresses if it has no others.
          type: list
          elements: str
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.dialtone.voice.plugins.module_utils._voice import srv
from ansible_collections.dialtone.voice.plugins.module_utils._voice.errors import VoiceError


class LookupModule(LookupBase):  # type: ignore[misc]
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        try:
            resolver = srv.make_resolver(self.get_option("nameservers"), self.get_option("timeout"))
            return [self._locate(term, resolver) for term in terms]
        except VoiceError as error:
            raise AnsibleLookupError(str(error)) from error

    def _locate(self, domain: str, resolver: Any) -> dict[str, Any]:
        answer = srv.locate(domain, self.get_option("transport"), resolver)
        return {
            "domain": domain,
            "name": answer.name,
            "source": answer.source,
            "transport": answer.transport,
            "ttl": answer.ttl,
            "targets": [
                {
                    "host": target.host,
                    "port": target.port,
                    "priority": target.priority,
                    "weight": target.weight,
                    "addresses": list(target.addresses),
                }
                for target in answer.targets
            ],
        }
