-- Conversions that make a lead hot, per version.
select
    agreement_version,
    conversion_identifier
from {{ current_agreement(source("raw_agreement", "hot_signals")) }} as hot_signals
