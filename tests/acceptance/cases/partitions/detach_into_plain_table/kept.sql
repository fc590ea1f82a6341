select count(*) = 1 from events_2023
