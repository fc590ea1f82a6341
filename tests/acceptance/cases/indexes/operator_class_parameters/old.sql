create table t (tags tsvector);
create index t_tags on t using gist (tags);
