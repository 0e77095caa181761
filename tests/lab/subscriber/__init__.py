# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A measuring SIP telephone: it calls, answers, plays a tone and recognises the tone of the other side.

Standard library only, Python 3.9 and later, so that it runs in any host of the lab as `python3 -m lab.subscriber`.
README.md in this folder describes the commands, the events and what counts as a good call.
"""
