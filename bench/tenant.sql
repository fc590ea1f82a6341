-- A tenant of ten tables, as it is before the change.
create table t0 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t0_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer
);
create index ix_t0_name on t0 (name);
create index ix_t0_status on t0 (status, created_at);

create table t1 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t1_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer references t0 (id)
);
create index ix_t1_name on t1 (name);
create index ix_t1_status on t1 (status, created_at);

create table t2 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t2_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer references t1 (id)
);
create index ix_t2_name on t2 (name);
create index ix_t2_status on t2 (status, created_at);

create table t3 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t3_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer references t2 (id)
);
create index ix_t3_name on t3 (name);
create index ix_t3_status on t3 (status, created_at);

create table t4 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t4_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer references t3 (id)
);
create index ix_t4_name on t4 (name);
create index ix_t4_status on t4 (status, created_at);

create table t5 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t5_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer references t4 (id)
);
create index ix_t5_name on t5 (name);
create index ix_t5_status on t5 (status, created_at);

create table t6 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t6_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer references t5 (id)
);
create index ix_t6_name on t6 (name);
create index ix_t6_status on t6 (status, created_at);

create table t7 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t7_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer references t6 (id)
);
create index ix_t7_name on t7 (name);
create index ix_t7_status on t7 (status, created_at);

create table t8 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t8_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer references t7 (id)
);
create index ix_t8_name on t8 (name);
create index ix_t8_status on t8 (status, created_at);

create table t9 (
    id serial primary key,
    name varchar(100) not null,
    email text,
    amount numeric(10, 2) default 0 not null,
    status varchar(20) default 'new' constraint t9_status_check check (status in ('new', 'old')),
    created_at timestamptz default now() not null,
    ref_id integer references t8 (id)
);
create index ix_t9_name on t9 (name);
create index ix_t9_status on t9 (status, created_at);
