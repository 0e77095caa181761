# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clean copy of the collection where Ansible's own tools want it: .../ansible_collections/dialtone/voice.

python collection_copy.py FOLDER    makes one below FOLDER and prints where it is
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def copy_collection(below: Path) -> Path:
    """Copy what git would commit to a fresh folder below `below`; return that folder.

    The tools must see neither caches nor virtual environments.
    """
    copy = below / "ansible_collections" / "dialtone" / "voice"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    shutil.rmtree(copy, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    # Without a repository of its own, ansible-test asks the outer one, which ignores .cache, and skips everything.
    subprocess.run(["git", "init", "--quiet", str(copy)], check=True)
    return copy


if __name__ == "__main__":
    print(copy_collection(Path(sys.argv[1]).resolve()))
