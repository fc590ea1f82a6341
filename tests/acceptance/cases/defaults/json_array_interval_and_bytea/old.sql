create table prefs (
    opts jsonb not null default '{}',
    days int[] default '{1,2}',
    every interval default '1 day',
    salt bytea default '\x00',
    box point default '(0,0)'
);
