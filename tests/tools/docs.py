# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the documentation: plugins and roles by antsibull-docs, and the links between the Markdown pages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from collection_copy import ROOT, copy_collection

WORK = ROOT / ".cache" / "docs"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)(?P<target>[^)#\s]+)(?:#[^)]*)?\)")


def broken_links(root: Path) -> list[str]:
    """Return "page: target" of each relative link that leads nowhere."""
    return [
        f"{page.relative_to(root)}: {link['target']}"
        for page in sorted(root.rglob("*.md"))
        for link in LINK.finditer(page.read_text(encoding="utf-8"))
        if not (page.parent / link["target"]).exists()
    ]


def main() -> int:
    copy = copy_collection(WORK)
    broken = broken_links(copy)
    for entry in broken:
        print(f"docs: broken link in {entry}")
    lint = subprocess.run(
        [
            *(str(ROOT / ".venv" / "bin" / "antsibull-docs"), "lint-collection-docs", "--plugin-docs"),
            *("--validate-collection-refs", "self", str(copy)),
        ],
        check=False,
    ).returncode
    return 1 if broken else lint


if __name__ == "__main__":
    sys.exit(main())
