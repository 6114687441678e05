-- Islands over signals and deals of the integration alone; every one of them holds a signal.
{{ islands(ref("int_passage_intervals"), ["signal_id", "opportunity_id"]) }}
