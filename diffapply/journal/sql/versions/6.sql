-- Version 6: what a run left alone in tenants with variants. Null in runs of earlier versions.
alter table diffapply.run
    add column ignored_in jsonb;  -- {tenant: [[pattern, ...], ...], ...}
