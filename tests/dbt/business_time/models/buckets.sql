{{ working_day_buckets(source('vectors', 'calendar')) }}
