insert into event_log (kind, data) values ('click', '{"a": 1}'), ('view', '{}');
