# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proofs of an office, by phases: calls side by side, then what nothing may run beside, then changes."""

from __future__ import annotations

from lab.proofs import Registry

REGISTRY = Registry("calls", "alone", "changes")
PROOFS = REGISTRY.proofs
proof = REGISTRY.proof
