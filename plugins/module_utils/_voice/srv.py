# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a SIP domain is: NAPTR, SRV and address lookups on dnspython. Private to the collection.

RFC 3263 for the steps, RFC 2782 for the order of SRV targets.
"""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import VoiceError, load_library

#: Transport: the SRV prefix, the NAPTR service and the port without SRV (RFC 3263).
TRANSPORTS = {
    "udp": ("_sip._udp", "SIP+D2U", 5060),
    "tcp": ("_sip._tcp", "SIP+D2T", 5060),
    "tls": ("_sips._tcp", "SIPS+D2T", 5061),
}


class LookupFailedError(VoiceError):
    """A name could not be looked up."""


class NameNotFoundError(LookupFailedError):
    """The name does not exist, or has no address."""


class NotOfferedError(LookupFailedError):
    """The domain says that it does not offer the service (an SRV record with the target ``.``)."""


class ServerFailedError(LookupFailedError):
    """The name servers answered with a failure, or refused."""


class LookupTimeoutError(LookupFailedError):
    """No name server answered in time."""


@dataclass(frozen=True)
class Target:
    """A host to try. ``priority`` and ``weight`` are 0 where there was no SRV record; ``addresses`` are as they
    came."""

    host: str
    port: int
    priority: int
    weight: int
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """Where a domain is.

    Attributes:
        name: the name that decided: of the SRV record, or the domain itself.
        source: ``srv`` or ``address``.
        transport: ``udp``, ``tcp`` or ``tls``.
        ttl: seconds for which all of it is valid: the least of the records used.
        targets: in the order in which they are to be tried.
    """

    name: str
    source: str
    transport: str
    ttl: int
    targets: tuple[Target, ...]


@dataclass
class _Ttl:
    seconds: list[int] = field(default_factory=list)

    def see(self, answer: Any) -> Any:
        self.seconds.append(int(answer.rrset.ttl))
        return answer


def make_resolver(nameservers: Sequence[str] = (), timeout: float = 5.0) -> Any:
    """Return a dnspython resolver.

    Args:
        nameservers: addresses, each with a port if it is not 53 (``192.0.2.53:5353``). Empty means those of the system.
        timeout: seconds for one name, whatever the number of servers.
    """
    library = load_library("dns.resolver")
    try:
        resolver = library.Resolver(configure=not nameservers)
    except library.NoResolverConfiguration as error:
        raise LookupFailedError("This machine has no name server: name one with the option nameservers.") from error
    resolver.lifetime = timeout
    # The address of a server that is down must not use up the time for the next one.
    resolver.timeout = min(2.0, timeout)
    if nameservers:
        parts = [_server(text) for text in nameservers]
        resolver.nameservers = [address for address, _port in parts]
        resolver.nameserver_ports = dict(parts)
    return resolver


def _server(text: str) -> tuple[str, int]:
    # An IPv6 address with a port stands in brackets, as in a URL.
    address, separator, port = text.rpartition(":")
    if not separator or (":" in address and not address.endswith("]")):
        address, port = text, "53"
    address = address.strip("[]")
    try:
        ipaddress.ip_address(address)
        if not 1 <= int(port) <= 65535:
            raise ValueError(port)
    except ValueError as error:
        raise LookupFailedError(
            f"'{text}' is not a name server: write an address such as 192.0.2.53, or 192.0.2.53:5353."
        ) from error
    return address, int(port)


def locate(domain: str, transport: str = "udp", resolver: Any = None, chance: random.Random | None = None) -> Answer:
    """Find the hosts of a SIP domain.

    Args:
        domain: the domain, such as ``pstn.ashburn.twilio.com``.
        transport: ``udp``, ``tcp``, ``tls``, or ``naptr`` to let the domain's NAPTR records choose (udp without any).
        resolver: what has dnspython's ``resolve(name, type)``; None for one of the system's name servers.
        chance: source of randomness for the weights.

    Raises:
        NameNotFoundError, NotOfferedError, ServerFailedError, LookupTimeoutError: as their names say.
        LookupFailedError: ``transport`` or ``domain`` cannot be used.
    """
    if transport != "naptr" and transport not in TRANSPORTS:
        raise LookupFailedError(f"'{transport}' is not a transport: use {', '.join(TRANSPORTS)} or naptr.")
    resolver = resolver or make_resolver()
    ttl = _Ttl()
    name = ""
    if transport == "naptr":
        transport, name = _choose_transport(domain, resolver, ttl)
    name = name or f"{TRANSPORTS[transport][0]}.{domain}"
    records = _query(resolver, name, "SRV", ttl)
    if not records:
        port = TRANSPORTS[transport][2]
        target = Target(domain, port, 0, 0, _addresses(domain, resolver, ttl))
        if not target.addresses:
            raise NameNotFoundError(f"'{domain}' does not exist, or has no address: check the name and the servers.")
        return Answer(domain, "address", transport, min(ttl.seconds), (target,))
    if [_text(record.target) for record in records] == [""]:
        raise NotOfferedError(f"'{domain}' does not offer SIP over {transport}: choose another transport.")
    targets = [
        Target(
            _text(record.target),
            int(record.port),
            int(record.priority),
            int(record.weight),
            _addresses(_text(record.target), resolver, ttl),
        )
        for record in records
    ]
    if not any(target.addresses for target in targets):
        raise NameNotFoundError(f"No target of '{name}' has an address: its owner has to repair this.")
    # Which random source is used matters for fairness between targets only.
    ordered = order(targets, chance or random.Random())  # noqa: S311
    return Answer(name, "srv", transport, min(ttl.seconds), tuple(ordered))


def order(targets: Iterable[Target], chance: random.Random) -> list[Target]:
    """Order targets as RFC 2782 wants: by priority, then at random by weight."""
    result: list[Target] = []
    left = sorted(targets, key=lambda target: (target.priority, target.weight))
    while left:
        # Those with weight 0 come first in the list, so that they are chosen only by the smallest draw.
        peers = [target for target in left if target.priority == left[0].priority]
        draw = chance.randint(0, sum(target.weight for target in peers))
        reached = 0
        for target in peers:
            reached += target.weight
            if reached >= draw:
                result.append(target)
                left.remove(target)
                break
    return result


def _choose_transport(domain: str, resolver: Any, ttl: _Ttl) -> tuple[str, str]:
    services = {service: transport for transport, (_prefix, service, _port) in TRANSPORTS.items()}
    records = sorted(_query(resolver, domain, "NAPTR", ttl), key=lambda record: (record.order, record.preference))
    for record in records:
        service = record.service.decode("ascii", "replace").upper()
        if record.flags.lower() == b"s" and service in services:
            return services[service], _text(record.replacement)
    return "udp", ""


def _addresses(host: str, resolver: Any, ttl: _Ttl) -> tuple[str, ...]:
    for kind in ("A", "AAAA"):
        if found := _query(resolver, host, kind, ttl):
            return tuple(str(record.address) for record in found)
    return ()


def _query(resolver: Any, name: str, kind: str, ttl: _Ttl) -> list[Any]:
    """Return the records, none if there are none."""
    library = load_library("dns.resolver")
    exceptions = load_library("dns.exception")
    try:
        return list(ttl.see(resolver.resolve(name, kind)))
    except (library.NXDOMAIN, library.NoAnswer):
        return []
    except exceptions.Timeout as error:
        raise LookupTimeoutError(
            f"No name server answered in time when asked for the {kind} records of '{name}': check the network, or "
            "name another one with the option nameservers."
        ) from error
    except library.NoNameservers as error:
        raise ServerFailedError(
            f"The name servers failed when asked for the {kind} records of '{name}' (SERVFAIL or REFUSED): try again, "
            "or name another one with the option nameservers."
        ) from error
    except (exceptions.DNSException, UnicodeError) as error:
        raise LookupFailedError(f"'{name}' cannot be looked up ({type(error).__name__}): check the name.") from error


def _text(name: Any) -> str:
    return str(name.to_text(omit_final_dot=True)).rstrip(".")
