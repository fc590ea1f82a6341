create type mood as enum ('it''s', 'ok', 'a "b"', 'x''); drop table t; --', 'back\slash', 'ünï → 漢');
