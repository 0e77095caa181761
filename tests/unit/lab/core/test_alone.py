# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lab import alone as module
from lab.alone import alone
from lab.hosts.errors import LabError

HOLD = "from lab.alone import alone\nwith alone('unit-test'):\n    print('held', flush=True)\n    input()\n"


def test_the_second_is_told_which_process_is_first_and_may_start_when_that_has_died() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(module.__file__).parents[1])},
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        taken = rf"'unit-test' just now \(process {first.pid}\): wait for its end"
        with pytest.raises(LabError, match=taken), alone("unit-test"):
            pytest.fail("two at once")
        with alone("unit-test-2"):
            pass  # another lab is another matter
        first.kill()
        first.wait()
        with alone("unit-test"):
            pass
