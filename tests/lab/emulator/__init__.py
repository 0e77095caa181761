# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stateful emulator of the parts of Twilio's REST API that this collection manages.

`python -m lab.emulator --listen 127.0.0.1:8080` starts it; docs/emulator.md says what it enforces and assumes.
Standard library only: it also runs with a distribution's own python3 in the carrier container.
"""
