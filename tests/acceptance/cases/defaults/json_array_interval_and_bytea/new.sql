create table prefs (
    opts jsonb not null default '{"mail": {"daily": true}, "langs": ["de", "fr"]}',
    days int[] default array[1, 2, 3],
    every interval default '1 month -3 days 04:05:06.789',
    salt bytea default '\xdeadbeef',
    box point default '(1.5,-2)'
);
