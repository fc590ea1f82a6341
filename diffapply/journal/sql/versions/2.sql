-- Version 2: what saves work the next time. Nothing is lost if these tables are emptied.

-- What a tenant was found to be; the token stands for its structure until it moves.
create table diffapply.look (
    tenant text primary key,
    token text not null,
    fingerprint text not null
);

-- Transitions that were proved; the key is a digest of all that the proof holds for.
create table diffapply.proof (
    key text primary key,
    proof text not null,
    made_at timestamptz not null default now()
);
