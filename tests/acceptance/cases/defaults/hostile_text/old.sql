create table jobs (a text default 'it''s', b text default 'x');
