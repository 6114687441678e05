"""Command line of the sandbox: `python -m sandbox serve …`."""

import argparse
import gc
import json
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

EPILOG = """\
The sandbox serves one simulated company on 127.0.0.1: RD Station Marketing under /, RD Station CRM v1 under
/crm-v1/api/v1, CRM v2 under /crm/v2, and a Protheus database. GET /sandbox/credentials says how to get in;
/sandbox/health, /sandbox/clock, /sandbox/faults, /sandbox/ledger and /sandbox/record steer and observe it.

examples:
  python -m sandbox serve --home .sandbox
  python -m sandbox serve --leads 500 --now 2026-06-30T21:00:00Z --limit-speed 60
  python -m sandbox serve --fault '429_gateway@/platform/*:probability=0.05' --fault 'drop_after:count=2'
"""


def build_parser() -> argparse.ArgumentParser:
    """All options."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A company in a box.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser(
        "serve",
        help="serve the simulated company over HTTP on 127.0.0.1",
        description="Serve the simulated company over HTTP on 127.0.0.1 until SIGTERM or SIGINT.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = serve.add_argument
    add("--port", type=int, default=8899, help="port on 127.0.0.1; 0 takes a free one (default 8899)")
    add("--home", metavar="DIR", help="folder that remembers API writes, tokens and the clock across restarts")
    add("--seed", type=int, default=7, help="seed of the company (default 7)")
    add("--leads", type=int, default=4000, help="leads in the history (default 4000)")
    add("--months", type=int, default=12, help="months of history (default 12)")
    add("--now", metavar="ISO", help="the world's instant at the start (default 2026-06-30T21:00:00Z)")
    add("--end", metavar="ISO", help="end of the simulated history when it is not --now: the rest is the future")
    add("--dirt", type=float, default=None, metavar="X", help="how dirty the company's data is (0 clean, 1 normal)")
    add("--sector-pull", type=float, default=0.0, metavar="X",
        help="how much the sector of a lead's company decides whether sales qualifies it (a share; default 0)")  # fmt: skip
    add("--world-speed", type=float, default=0.0, metavar="X", help="world time per real time; 0 = frozen (default)")
    add("--limit-speed", type=float, default=1.0, metavar="X", help="speed of quotas, settling and retries (default 1)")
    add("--plan", choices=("light", "basic", "pro", "advanced"), default="advanced", help="plan of the account")
    add("--no-limits", action="store_true", help="count no quotas")
    add("--protheus-url", metavar="URL", help="SQLAlchemy URL of the ERP database (default SQLite in --home; none = off)")
    add("--media", metavar="DIR", help="write the exports of the ad accounts there, as downloaded at --now")
    add("--fault", action="append", default=[], metavar="RULE", help="kind[@path][:option=value…]; repeatable")
    add("--set", action="append", default=[], metavar="SWITCH=VALUE", help="any other switch; --switches lists them")
    add("--switches", action="store_true", help="list all switches with their defaults and stop")
    add("--fault-kinds", action="store_true", help="list all fault kinds and stop")
    return parser


def _instant(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise SystemExit(f"{option}: {text!r} is not an ISO instant such as 2026-06-30T21:00:00Z") from None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = build_parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    if options.switches:
        from dataclasses import asdict

        from sandbox.server.config import SandboxConfig

        print(json.dumps(asdict(SandboxConfig()), indent=2))
        return 0
    if options.fault_kinds:
        from sandbox.server.faults import KINDS

        print("\n".join(f"{kind:20} {text}" for kind, text in KINDS.items()))
        return 0
    try:
        return _serve(options)
    except (ValueError, OSError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2


def _serve(options: argparse.Namespace) -> int:
    from sandbox.server.journal import JournalError
    from sandbox.server.serve import listen, run

    started = time.perf_counter()
    config = _config(options)
    from sandbox.server.faults import Fault

    faults = [Fault.parse(text) for text in options.fault]
    sock = listen(options.port)  # a taken port is told before the company is simulated
    gc.disable()  # a hundred thousand events are made and kept: collecting in between only costs time
    world = _world(options)
    if options.media:
        from sandbox.exports import write_media

        write_media(world.seed, world.start, _instant(options.now, "--now") or world.end, Path(options.media))
    scratch = None
    if not config.home and not config.protheus_url:
        scratch = tempfile.TemporaryDirectory(prefix="sandbox-")
        config.protheus_url = f"sqlite:///{scratch.name}/protheus.db"

    def ready(url: str) -> None:
        line: dict[str, Any] = {"event": "ready", "url": url, "pid": os.getpid(), "leads": options.leads}
        gc.freeze()
        gc.enable()
        line["seconds"] = round(time.perf_counter() - started, 2)
        print(json.dumps(line), flush=True)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))  # until the server listens to them itself
    try:
        run(world, config, sock, ready, faults)
    except JournalError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 3
    finally:
        if scratch:
            scratch.cleanup()
    return 0


def _config(options: argparse.Namespace) -> Any:
    from sandbox.server.config import SandboxConfig

    config = SandboxConfig(
        now=options.now,
        world_speed=options.world_speed,
        limit_speed=options.limit_speed,
        plan=options.plan,
        limits=not options.no_limits,
        home=options.home,
        seed=options.seed,
        protheus_url=options.protheus_url,
    )
    for assignment in options.set:
        config.set_text(assignment)
    return config


def _world(options: argparse.Namespace) -> Any:
    from sandbox.company.simulate import simulate

    end = _instant(options.end or options.now, "--end" if options.end else "--now")
    arguments: dict[str, Any] = {"seed": options.seed, "leads": options.leads, "months": options.months,
                                 "sector_pull": options.sector_pull}  # fmt: skip
    if end is not None:
        arguments["end"] = end
    if options.dirt is not None:
        arguments["dirt"] = options.dirt
    return simulate(**arguments)
