-- Version 3: what a run drops remembers whose it was, for the way back.

-- had: [{class, name, owner, acl, labels, publications, position}, ...], of each only what it had;
-- roles by their names.
create table diffapply.dropped (
    run bigint not null,
    tenant text not null,
    had jsonb not null,
    primary key (run, tenant)
);
