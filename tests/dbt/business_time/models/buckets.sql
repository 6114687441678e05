{{ working_day_buckets(ref('calendar')) }}
