-- No signal disappears: each belongs to the island of exactly one passage.
select signals.signal_id
from {{ ref("int_signals") }} as signals
left join {{ ref("int_passage_islands") }} as islands on signals.signal_id = islands.signal_id
left join {{ ref("int_passages") }} as passages
    on islands.person_id = passages.person_id and islands.island_no = passages.island_no
where signals.kind <> 4
group by signals.signal_id
having count(passages.handoff_id) <> 1
