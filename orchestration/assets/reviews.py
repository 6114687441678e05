"""The monthly review of the score as an asset: its metadata holds what it proposes. It never touches the agreement."""

from __future__ import annotations

from dagster import AssetKey, AssetsDefinition, MaterializeResult, MetadataValue, asset

from orchestration.assets.guard import guarded
from orchestration.assets.published import MARTS
from orchestration.profile import Profile
from orchestration.score_reviews import review_score

REVIEW = AssetKey(["reviews", "score"])
GROUP = "reviews"


def review_asset(profile: Profile) -> AssetsDefinition:
    """`reviews/score`: one line per rule, and the diff of the agreement where other points are proposed."""

    @asset(key=REVIEW, deps=[MARTS], group_name=GROUP, kinds={"duckdb"})
    def score_review() -> MaterializeResult:
        """Holds the score's points against what became SQL and proposes others as a diff; people decide and sign."""
        with guarded():
            found = review_score(profile)
        proposed = sum(reading.proposed is not None for reading in found.readings)
        diff = MetadataValue.md(f"```diff\n{found.diff}```") if found.diff else MetadataValue.text("")
        told = MetadataValue.md("\n".join(f"- {line}" for line in found.lines))
        return MaterializeResult(metadata={"version": found.version, "proposed": proposed, "review": told, "diff": diff})

    return score_review
