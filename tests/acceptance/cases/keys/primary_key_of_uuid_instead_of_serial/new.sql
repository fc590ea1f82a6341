create table tokens (id uuid primary key default gen_random_uuid(), value text);
create table uses (token_id uuid references tokens, at timestamptz);
