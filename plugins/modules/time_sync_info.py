# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: time_sync_info
short_description: Judge whether a host's clock is synchronised
version_added: 0.4.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Asks the host's chronyd, and says in sentences what is wrong with its clock and what to do about it.
  - Changes nothing, and needs nothing of this collection on the host, so it can be used before a migration too.
  - A clock that is wrong is no failure of the module. Look at RV(problems).
attributes:
  check_mode:
    description: Changes nothing, so there is no difference.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
  idempotent:
    description: Changes nothing.
    support: full
options:
  max_offset:
    description: Seconds that the clock may be off at most.
    type: float
    default: 0.1
  max_stratum:
    description: How many steps the host may be away from a true clock at most, 1 to 15.
    type: int
    default: 10
  wait_seconds:
    description: How long to wait at most for a clock that is not synchronised, 0 to 600. chronyd needs about eight seconds after a start.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Judge the clock
  dialtone.voice.time_sync_info:
    wait_seconds: 30
  become: true
  register: clock
  failed_when: clock.problems | length > 0
"""

RETURN = r"""
msg:
  description: The problems in one text; without any, how far the clock is off.
  returned: success
  type: str
  sample: The clock is 0.000021 s off ntp1.example.com (192.0.2.123).
problems:
  description: What is wrong with the clock and what to do, a sentence or more each. Empty when nothing is.
  returned: success
  type: list
  elements: str
  sample:
    - "The clock is not synchronised: none of the sources of time can be used."
    - "ntp1.example.com (192.0.2.123) has not answered 5 requests: open UDP 123 from this host to it (here, in the network, at the
      provider), or use a server that works."
synchronised:
  description: Whether there are no problems.
  returned: success
  type: bool
  sample: true
offset:
  description: Seconds that the clock is behind its source; negative when it is ahead. Null without a source.
  returned: success
  type: float
  sample: 0.000021
stratum:
  description: How many steps the host is away from a true clock. Null without a source.
  returned: success
  type: int
  sample: 3
root_distance:
  description: Seconds that the clock may be off at most, all delays on the way to a true clock counted. Null without a source.
  returned: success
  type: float
  sample: 0.0153
leap:
  description: What chronyd says of leap seconds, or that it is not synchronised.
  returned: success
  type: str
  sample: Normal
source:
  description: The source that was selected, as in RV(sources). Null if there is none.
  returned: success
  type: dict
sources:
  description: All sources.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: As it was configured., type: str, returned: always}
    address: {description: Its address; empty while the name has none., type: str, returned: always}
    state: {description: "C(*) selected, C(+) also used, C(-) good, C(x) false, C(~) too variable, C(?) unusable.", type: str, returned: always}
    stratum: {description: Its stratum., type: int, returned: always}
    reach: {description: The last eight requests as bits; 255 means that all were answered., type: int, returned: always}
    offset: {description: Seconds that the host is ahead of it., type: float, returned: always}
    nts: {description: Whether it has to prove who it is., type: bool, returned: always}
  sample:
    - {name: ntp1.example.com, address: 192.0.2.123, state: "*", stratum: 2, reach: 255, offset: 0.000021, nts: false}
container:
  description: Whether the host is a container, whose clock is that of the machine that runs it.
  returned: success
  type: bool
  sample: false
"""

from ansible_collections.dialtone.voice.plugins.module_utils._clock.module import run

SPEC = {
    "max_offset": {"type": "float", "default": 0.1},
    "max_stratum": {"type": "int", "default": 10},
    "wait_seconds": {"type": "int", "default": 0},
}


def main() -> None:
    run(SPEC)


if __name__ == "__main__":
    main()
