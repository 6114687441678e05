"""The same models on DuckDB and PostgreSQL publish the same, for a company with dirty data. A clean one: test_truth.py."""

from collections.abc import Iterator

import pytest

from orchestration import stages
from orchestration.profile import Profile
from sandbox.exports import write_media
from tests.e2e import line
from tests.e2e.engines import FILES, differences_of, published_by_both
from tests.support.company import company
from tests.support.sandbox import running_sandbox, simulated

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Profile, Profile]]:
    """The same raw rows, transformed and published by both engines, after a first round of returns."""
    base = tmp_path_factory.mktemp("engines")
    world = simulated(seed=5, leads=250, dirt=1.5)
    with (
        running_sandbox(
            world, now=world.end.isoformat(), limit_speed=600.0, home=str(base / "sandbox")
        ) as box,
        company(base / "duckdb", box) as profile,
    ):
        write_media(world.seed, world.start, world.end, profile.media_folder)
        line.ingest_all(profile)
        line.build(profile)
        stages.deliver(profile)
        box.advance(600)
        line.ingest_all(profile)
        stages.transform(profile)
        with published_by_both(profile, base, box.url) as other:
            yield profile, other


@pytest.mark.parametrize("file", FILES)
def test_both_engines_publish_the_same(published: tuple[Profile, Profile], file: str) -> None:
    one, other = (p.paths.published / file for p in published)
    wrong = differences_of(one, other)
    assert not wrong, "\n".join(wrong)
