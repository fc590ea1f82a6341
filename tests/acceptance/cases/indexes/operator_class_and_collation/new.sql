create table t (a text, b text, c jsonb);
create index t_a on t (a text_pattern_ops, b collate "C" desc);
create index t_c on t using gin (c jsonb_path_ops);
