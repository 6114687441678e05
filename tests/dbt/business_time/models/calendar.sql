{{ calendar_days(source('vectors', 'calendar')) }}
