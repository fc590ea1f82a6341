-- Version 4: what a run was for, and what it ran. Null in runs of earlier versions.
alter table diffapply.run
    add column message text,  -- in the words of whoever began it
    add column git_commit text,  -- of the desired state, short
    add column transitions jsonb;  -- [{source, goal, statements: [...]}, ...]
