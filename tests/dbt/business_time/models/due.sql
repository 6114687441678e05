{{ business_due(source('vectors', 'due'), source('vectors', 'calendar'), ref('buckets')) }}
