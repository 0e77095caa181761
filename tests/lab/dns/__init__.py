# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's DNS: authoritative for Twilio's termination names, a forwarder for the rest, failing on request.

`python -m lab.dns --listen 127.0.0.1:5353 --config FILE --control 127.0.0.1:8053` starts it; docs/emulator.md has more.
"""
