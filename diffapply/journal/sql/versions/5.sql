-- Version 5: what a run left alone, for the way back. Null in runs of earlier versions.
alter table diffapply.run
    add column ignored jsonb;  -- [[pattern, ...], ...]
