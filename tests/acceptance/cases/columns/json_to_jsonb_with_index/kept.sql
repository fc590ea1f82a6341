select payload -> 'a' = '1' from events
