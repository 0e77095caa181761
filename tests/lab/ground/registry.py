# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proofs of the ground, by phases.

traffic: packets and calls; nothing on a host is changed. state: reads, and changes of one host that are taken back.
changes: runs of the playbook, one after another. reboot: last, since it ends everything that runs.
"""

from __future__ import annotations

from lab.proofs import Registry

REGISTRY = Registry("traffic", "state", "changes", "reboot")
PROOFS = REGISTRY.proofs
proof = REGISTRY.proof
