-- The journal, version 1. `meta` and the schema itself are there already.

create table diffapply.shape (
    fingerprint text primary key,
    ddl text[],  -- null: the structure could not be rebuilt
    facts jsonb not null,  -- [[kind, name, owner, definition, position], ...]
    created_at timestamptz not null default now()
);

create table diffapply.run (
    id bigint generated always as identity primary key,
    direction text not null check (direction in ('forward', 'backward')),
    who text not null,
    version text not null,
    plan_digest text not null,
    desired text not null,
    renames jsonb not null,  -- [[kind, table, old, new], ...]: going back turns them round
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    outcome text check (outcome in ('done', 'incomplete'))
);

-- No foreign keys: the tenants of a run are worked on in parallel, and would all lock the same
-- few rows of run and shape.
create table diffapply.step (
    run bigint not null,
    tenant text not null,
    source text not null,
    goal text not null,
    status text not null
        check (status in ('applied', 'unchanged', 'failed', 'refused', 'skipped')),
    error text,
    owners text[],  -- of a template: the names that were managed
    started_at timestamptz not null,
    finished_at timestamptz not null,
    undone_by bigint,
    primary key (run, tenant)
);

-- A tenant's latest step that can still be taken back.
create index step_to_undo on diffapply.step (tenant, run)
    where status = 'applied' and undone_by is null;

-- Whether any tenant ever had a shape.
create index step_source on diffapply.step (source) where status = 'applied';
create index step_goal on diffapply.step (goal) where status = 'applied';
