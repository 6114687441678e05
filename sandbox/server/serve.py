"""Runs the sandbox on a loopback port: own socket, uvicorn, one event loop."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable

import uvicorn

from sandbox.server.app import App, build_app
from sandbox.server.config import SandboxConfig
from sandbox.server.faults import Fault
from sandbox.server.protocol import SandboxProtocol
from sandbox.world import World

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A bound and listening loopback socket; port 0 takes a free one. OSError when the port is taken."""
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((HOST, port))
        server.listen(2048)
    except OSError as error:
        server.close()
        raise OSError(f"port {port} of {HOST} cannot be used ({error.strerror}): give another --port") from None
    return server


def server_of(app: App) -> uvicorn.Server:
    """A uvicorn server for `app`: quick shutdown, no access log, dates by the app."""
    config = uvicorn.Config(
        app,
        http=SandboxProtocol,
        loop="uvloop",
        lifespan="on",
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=60,
    )
    return uvicorn.Server(config)


def run(
    world: World, config: SandboxConfig, sock: socket.socket, ready: Callable[[str], None], faults: Iterable[Fault] = ()
) -> None:
    """Serve until SIGTERM or SIGINT; `ready(url)` is called when requests are answered."""
    app = build_app(world, config)
    for fault in faults:
        app.sandbox.faults.add(fault)
    server = server_of(app)
    url = f"http://{HOST}:{sock.getsockname()[1]}"

    async def main() -> None:
        task = asyncio.create_task(server.serve(sockets=[sock]))
        while not server.started and not task.done():
            await asyncio.sleep(0.005)
        if server.started:
            ready(url)
        await task

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


class ThreadedServer:
    """A sandbox in a thread of this process (tests)."""

    def __init__(self, app: App, port: int = 0) -> None:
        self.app = app
        self._socket = listen(port)
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self._server = server_of(app)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._server.serve(sockets=[self._socket]))

    def start(self) -> None:
        """Start and wait until requests are answered; RuntimeError when that fails."""
        self._thread.start()
        for _ in range(2000):
            if self._server.started:
                return
            if not self._thread.is_alive():
                break
            self._thread.join(0.005)
        raise RuntimeError("the sandbox did not start")

    def stop(self) -> None:
        """Stop and wait."""
        self._server.should_exit = True
        self._thread.join(10)
