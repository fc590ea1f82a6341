create table t (at timestamptz not null) partition by range (date_trunc('month', at at time zone 'UTC'));
