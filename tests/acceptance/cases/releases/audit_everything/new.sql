create type audit_action as enum ('insert', 'update', 'delete');
create table audit_log (
    id bigint generated always as identity,
    at timestamptz not null default clock_timestamp(),
    relation text not null,
    action audit_action not null,
    old_row jsonb,
    new_row jsonb,
    changed_by text not null default current_user
) partition by range (at);
create table audit_log_default partition of audit_log default;
create index audit_log_by_relation on audit_log (relation, at desc);
create function audit() returns trigger language plpgsql security definer as $$
begin
    insert into audit_log (relation, action, old_row, new_row)
    values (tg_table_name, lower(tg_op)::audit_action, to_jsonb(old), to_jsonb(new));
    return coalesce(new, old);
end
$$;
create table accounts (id int primary key, name text, updated_at timestamptz not null default now());
create table invoices (id int primary key, account_id int references accounts, total numeric, updated_at timestamptz not null default now());
create trigger accounts_audit after insert or update or delete on accounts for each row execute function audit();
create trigger invoices_audit after insert or update or delete on invoices for each row execute function audit();
create rule audit_is_kept as on delete to audit_log do instead nothing;
comment on table audit_log is 'Append only';
