-- Bands of the score, by their first point.
select
    agreement_version,
    band,
    from_points
from {{ current_agreement(source("raw_agreement", "score_bands")) }} as score_bands
