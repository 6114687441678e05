"""HTTP protocol of the server: uvicorn's, with the connection in reach so that faults can cut it."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class SandboxProtocol(HttpToolsProtocol):
    """Puts the transport into each request's scope as `sandbox.transport`."""

    def on_message_begin(self) -> None:
        """A new request starts."""
        super().on_message_begin()
        self.scope["sandbox.transport"] = self.transport  # type: ignore[typeddict-unknown-key]
