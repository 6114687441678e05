"""The command line: help, clear refusals, and the ready line."""

import json
import socket
import subprocess
import sys

import httpx
import pytest

from sandbox.cli import build_parser, main
from sandbox.server.config import SandboxConfig
from tests.support.sandbox import sandbox_process


def test_help_and_lists(capsys: pytest.CaptureFixture[str]) -> None:
    text = build_parser().format_help()
    assert "serve" in text
    with pytest.raises(SystemExit) as stop:
        main(["serve", "--help"])
    assert stop.value.code == 0 and "--world-speed" in capsys.readouterr().out
    assert main(["serve", "--switches"]) == 0
    assert json.loads(capsys.readouterr().out)["settle_seconds"] == 2.0
    assert main(["serve", "--fault-kinds"]) == 0
    assert "drop_after" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "no_such=1"], "unknown sandbox switch"),
        (["--set", "limits=maybe"], "true or false"),
        (["--fault", "nothing"], "unknown fault"),
        (["--fault", "slow:seconds=x"], "could not convert"),
    ],
)
def test_wrong_options_are_told(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert main(["serve", "--port", "0", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_taken_port_and_a_broken_instant_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["serve", "--port", str(taken.getsockname()[1]), "--leads", "5"]) == 2
        assert "port" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="--now"):
        main(["serve", "--port", "0", "--now", "tomorrow"])


def test_switches_are_converted() -> None:
    config = SandboxConfig()
    for text in ("limits=off", "settle_seconds=5", "crm_window_rows=10", "integration_excludes=a,b",
                 "limits_override=contacts:5", "v2-internal-links=yes"):  # fmt: skip
        config.set_text(text)
    assert (config.limits, config.settle_seconds, config.crm_window_rows) == (False, 5.0, 10)
    assert config.integration_excludes == ("a", "b") and config.limits_override == {"contacts": 5}
    assert config.v2_internal_links is True
    with pytest.raises(ValueError, match="unknown sandbox switch"):
        SandboxConfig.from_switches(nothing=1)


def test_it_listens_on_loopback_only_and_faults_start_with_it() -> None:
    arguments = ("--leads", "10", "--fault", "500_json@/marketing/account_info:count=1", "--set", "settle_seconds=0")
    with sandbox_process(*arguments) as (box, process):
        assert box.url.startswith("http://127.0.0.1:")
        assert [box.marketing("GET", "/marketing/account_info").status_code for _ in range(2)] == [500, 200]
        assert box.get("/sandbox/health")["status"] == "ok"
        hostname = socket.gethostbyname(socket.gethostname())
        if not hostname.startswith("127."):
            with pytest.raises(httpx.ConnectError):
                httpx.get(box.url.replace("127.0.0.1", hostname) + "/sandbox/health", timeout=2)
        assert process.poll() is None


def test_the_module_runs() -> None:
    done = subprocess.run([sys.executable, "-m", "sandbox", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "serve" in done.stdout
