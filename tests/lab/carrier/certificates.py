# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The carrier's certificates: an authority of the lab's own, and one certificate for all names of the edges."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lab.hosts.plan import EDGES, Plan

FOLDER = Path("/run/carrier-tls")
DAYS = 30
_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def names(plan: Plan) -> list[str]:
    """Return what the certificate is for: the termination names, and what SRV records lead to; and the time server."""
    found = ["DNS:*.pstn.twilio.com", "DNS:nts.lab"]
    for edge in EDGES:
        found += [f"DNS:*.pstn.{edge}.twilio.com", f"DNS:pstn.{edge}.twilio.com", f"DNS:*.{edge}.twilio.com"]
        found += [f"IP:{address}" for address in plan.edge_addresses(edge)]
    return found


def make(plan: Plan, folder: Path = FOLDER) -> None:
    """Make ca.pem, edge.pem and edge.key in `folder`, unless they are there. The authority's key is thrown away."""
    if (folder / "edge.pem").exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ca, ca_key, key, crt = (folder / name for name in ("ca.pem", "ca.key", "edge.key", "edge.pem"))
    _openssl(
        "req", "-x509", *_CURVE, "-days", str(DAYS), "-subj", f"/CN=Lab carrier authority ({plan.name})",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        "-keyout", str(ca_key), "-out", str(ca),
    )  # fmt: skip
    _openssl(
        "req", "-x509", *_CURVE, "-days", str(DAYS), "-subj", "/CN=pstn.twilio.com",
        "-CA", str(ca), "-CAkey", str(ca_key), "-addext", "basicConstraints=critical,CA:FALSE",
        "-addext", f"subjectAltName={','.join(names(plan))}",
        "-addext", "extendedKeyUsage=serverAuth,clientAuth", "-keyout", str(key), "-out", str(crt),
    )  # fmt: skip
    ca_key.unlink()


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
