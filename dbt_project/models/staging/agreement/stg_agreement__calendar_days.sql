-- Working intervals of each calendar and UTC date, in whole seconds after 00:00 UTC (see the macro).
{{ calendar_days(current_agreement(source("raw_agreement", "calendar_days"))) }}
