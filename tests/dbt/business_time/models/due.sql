{{ business_due(source('vectors', 'due'), ref('calendar'), ref('buckets')) }}
