-- What both areas reach together in a month.
select
    agreement_version,
    goal_id,
    title_pt,
    title_en,
    measure,
    minimum,
    marketing_bonus_share,
    sales_bonus_share,
    pays_from
from {{ current_agreement(source("raw_agreement", "shared_goals")) }} as shared_goals
