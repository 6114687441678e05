"""The page in a real browser (Debian's chromium): drawn, quiet, asking nobody but its own server, and always current.

Needs a chromium that the machine has; without one every test here is skipped and says so.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from socket import socket
from time import monotonic, sleep
from urllib.parse import urlsplit
from urllib.request import urlopen

import duckdb
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.dashboard.test_page import MARTS, PAGE

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine; on Debian: apt-get install chromium"),
]
READY_SECONDS = 60.0
CHARTS = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def _publish(path: Path, snapshot: str = "s1") -> None:
    """A published file, put in place by a rename as the publisher does."""
    fresh = path.with_suffix(".new")
    with duckdb.connect(str(fresh)) as con:
        con.execute(MARTS)
        con.execute("update marts.publication set snapshot_id = ?", [snapshot])
        if snapshot != "s1":
            con.execute("update marts.publication set as_of = timestamp '2026-07-01 21:00:00'")
    fresh.replace(path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "bastao.duckdb"
    _publish(path)
    return path


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    """The page's own server, started as `bastao up` starts it, on a free loopback port."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(PAGE), "--server.headless=true",
               "--server.address=127.0.0.1", f"--server.port={port}", "--browser.gatherUsageStats=false",
               "--", "--published", str(published), "--company", "Exemplo"]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = monotonic() + READY_SECONDS
    while monotonic() < until:
        assert server.poll() is None, "the page's server ended before it answered"
        try:
            with urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            sleep(0.2)
    raise AssertionError(f"no answer from {url} within {READY_SECONDS:.0f} s")


class Visit:
    """One visitor with an eye on what the page asks for and complains about."""

    def __init__(self, browser: Browser, size: dict[str, int]) -> None:
        self.page: Page = browser.new_page(viewport=size)  # type: ignore[arg-type]
        self.asked: set[str] = set()
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.add(request.url))
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.get_by_text("Quem precisa agir agora").first.wait_for(timeout=60_000)
        self.page.locator(CHARTS).nth(2).wait_for(state="attached", timeout=60_000)  # charts draw after the text
        self.page.wait_for_timeout(500)

    def foreign(self) -> set[str]:
        """Hosts beyond loopback that were asked for anything."""
        hosts = {urlsplit(url).hostname for url in self.asked if urlsplit(url).scheme in ("http", "https", "ws", "wss")}
        return {host for host in hosts if host not in ("127.0.0.1", "localhost", None)} - {None}  # type: ignore[return-value]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_it_is_drawn_without_errors_and_asks_nobody_else(browser: Browser, address: str, size: dict[str, int]) -> None:
    visit = Visit(browser, size)
    visit.open(address)
    page = visit.page
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator(CHARTS).count() >= 3
    for text in ("Passagem de bastão · Exemplo", "MQL → SQL", "Funil", "Primeiro contato"):
        # Tables are drawn on a canvas; the hidden text beside it is for screen readers.
        assert page.get_by_text(text).locator("visible=true").count() > 0, text
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 1, f"the page is {wider} px wider than the screen"
    assert visit.foreign() == set()
    assert visit.complaints == []
    page.close()


def test_a_new_snapshot_is_seen_at_the_next_drawing(browser: Browser, address: str, published: Path) -> None:
    visit = Visit(browser, DESK)
    visit.open(address)
    assert visit.page.get_by_text("30/06/2026 18:00").first.is_visible()
    _publish(published, "s2")
    visit.page.reload()
    visit.page.get_by_text("01/07/2026 18:00").first.wait_for(timeout=30_000)
    visit.page.close()
