create table if not exists diffapply.meta (
    version integer primary key,
    applied_at timestamptz not null default now()
);
