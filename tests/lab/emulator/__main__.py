# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m lab.emulator`: run the REST emulator until interrupted."""

from __future__ import annotations

import argparse
import errno
import functools
import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from lab.emulator.errors import LabError
from lab.emulator.seed import seed
from lab.emulator.server import EmulatorServer

HOOK_SECONDS = 5.0


def _address(text: str) -> tuple[str, int]:
    host, __, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not ADDRESS:PORT, for example 127.0.0.1:8080")
    return host, int(port)


def _read_seed(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabError(f"--seed {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise LabError(f"--seed {path} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise LabError(f"--seed {path} must hold a JSON object")
    return value


def _tell(hook: list[str], edges: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            hook, input=json.dumps(edges), capture_output=True, text=True, check=False, timeout=HOOK_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabError(f"the edges cannot be changed: {error}", 500) from None
    if done.returncode != 0:
        raise LabError(f"the edges cannot be changed: {done.stderr.strip()[-300:]}", 500)


def _fail(sentence: str) -> int:
    print(f"lab.emulator: {sentence}", file=sys.stderr)
    return 1


def main(argv: list[str] | None = None) -> int:
    """Serve; print `{"listening": "http://ADDRESS:PORT"}` on standard output when ready. 0 after an interruption."""
    parser = argparse.ArgumentParser(prog="lab.emulator", description="Emulate Twilio's REST API.")
    parser.add_argument("--listen", type=_address, default=("127.0.0.1", 8080), metavar="ADDRESS:PORT",
                        help="where to listen; port 0 takes a free one (default 127.0.0.1:8080)")  # fmt: skip
    parser.add_argument("--seed", type=Path, metavar="FILE.json", help="accounts that exist from the start")
    parser.add_argument("--edge-hook", type=shlex.split, metavar="COMMAND",
                        help="told on standard input, as JSON, which edges are silent; for the carrier")  # fmt: skip
    options = parser.parse_args(argv)
    host, port = options.listen
    try:
        body = _read_seed(options.seed) if options.seed else None
        server = EmulatorServer((host, port))
    except LabError as error:
        return _fail(str(error))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _fail(f"port {port} of {host} is taken: stop what listens there, or give another with --listen")
        return _fail(f"cannot listen on {host}:{port}: {error.strerror}; give another address with --listen")
    if options.edge_hook:
        server.context.on_edges = functools.partial(_tell, options.edge_hook)
    try:
        if body is not None:
            seed(server.context, body)
    except LabError as error:
        server.server_close()
        return _fail(f"--seed {options.seed}: {error}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(json.dumps({"listening": server.url}), flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.context.stopping.set()
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
