-- Version 3: what a run drops remembers whose it was, for the way back; and locks that nobody else
-- can hold: whoever may log in may hold any advisory lock.

-- had: [{class, name, owner, acl, labels, publications, position}, ...], of each only what it had;
-- roles by their names.
create table diffapply.dropped (
    run bigint not null,
    tenant text not null,
    had jsonb not null,
    primary key (run, tenant)
);

-- An apply locks it from its beginning to its end. VACUUM, which would wait, passes views over.
create view diffapply.guard as select 'locked while an apply goes on' as guard;

-- A tenant's row is locked while a transaction works on it.
create table diffapply.tenant (
    name text primary key
);
