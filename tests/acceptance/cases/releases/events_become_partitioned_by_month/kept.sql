select count(*) = 2 and bool_and(data is not null) from event_log
