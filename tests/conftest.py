"""What holds for every test."""

from hypothesis import settings

from tests.support.postgres import stop_process_server

# A deadline per example would measure the machine, not the code: shared ones stall for longer than any example takes.
settings.register_profile("bastao", deadline=None)
settings.load_profile("bastao")


def pytest_sessionfinish() -> None:
    """In every worker too."""
    stop_process_server()
