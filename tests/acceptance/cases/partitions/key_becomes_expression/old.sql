create table t (at timestamptz not null) partition by range (at);
