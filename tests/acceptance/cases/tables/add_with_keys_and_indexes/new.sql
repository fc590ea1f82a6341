create table workspaces (id bigint primary key, slug text not null unique);
create table api_tokens (
    id bigserial primary key,
    workspace_id bigint not null references workspaces on delete cascade,
    token_hash bytea not null unique,
    label varchar(80) not null default 'default',
    expires_at timestamptz,
    check (octet_length(token_hash) = 32)
);
create index api_tokens_expiring on api_tokens (expires_at) where expires_at is not null;
comment on table api_tokens is 'Never holds a token in the clear';
