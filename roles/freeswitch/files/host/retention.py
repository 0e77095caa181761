# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deletes recordings and voicemail that are older than their days; 0 days mean that nothing is deleted.

A message is a file and an entry in FreeSWITCH's own database: FreeSWITCH deletes both.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from console import Console, SwitchError, connect, password
from loaded import read_expected

DAY = 86400
DOMAIN = "dialtone-mailboxes"


def delete_recordings(folder: Path, before: float) -> int:
    """Delete the files of a folder that were last written before a time, and empty folders. Return how many files."""
    count = 0
    for file in sorted(folder.rglob("*"), key=lambda path: -len(path.parts)):
        if file.is_symlink() or file.lstat().st_mtime >= before:
            continue
        if file.is_file():
            file.unlink()
            count += 1
    for below in sorted(folder.glob("*/")):
        # Not the folder of a day that has just begun.
        if not any(below.iterdir()) and below.lstat().st_mtime < time.time() - DAY:
            below.rmdir()
    return count


def old_messages(listing: str, before: float) -> list[str]:
    """Return the ids of the messages that came before a time, of what `vm_list` prints."""
    found = []
    for line in listing.splitlines():
        fields = line.split(":")  # when it came, when it was read, mailbox, domain, folder, file, id, …
        if len(fields) >= 7 and fields[0].isdigit() and int(fields[0]) < before:
            found.append(fields[6])
    return found


def delete_messages(console: Console, mailboxes: Sequence[str], before: float) -> int:
    count = 0
    for mailbox in mailboxes:
        for uuid in old_messages(console.ask(f"vm_list {mailbox}"), before):
            console.order(f"vm_delete {mailbox} {uuid}")
            count += 1
    return count


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Delete recordings and voicemail that are past their days.")
    parser.add_argument("--recordings", type=int, required=True, help="days")
    parser.add_argument("--voicemail", type=int, required=True, help="days")
    parser.add_argument("--folder", type=Path, default=Path("/var/spool/dialtone/recordings"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--password", type=Path, required=True)
    parser.add_argument("--conf", type=Path, required=True)
    given = parser.parse_args(arguments)
    now = time.time()
    if given.recordings > 0 and given.folder.is_dir():
        sys.stdout.write(f"{delete_recordings(given.folder, now - given.recordings * DAY)} recordings\n")
    expected = read_expected(given.conf)
    if given.voicemail > 0 and "module mod_voicemail" in expected:
        users = [line.removeprefix("user ") for line in expected if re.match(f"user .*@{DOMAIN}$", line)]
        try:
            with connect(given.port, password(given.password), time.monotonic() + 10) as console:
                count = delete_messages(console, users, now - given.voicemail * DAY)
        except SwitchError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        sys.stdout.write(f"{count} messages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
