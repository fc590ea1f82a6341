create type subscription_state as enum ('trialing', 'active', 'past_due', 'cancelled');
create table customers (id bigserial primary key, email varchar(320) not null, deleted_at timestamptz);
create unique index customers_live_email on customers (lower(email)) where deleted_at is null;
create table subscriptions (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers on delete cascade,
    state subscription_state not null default 'trialing',
    plan varchar(20) not null check (plan in ('free', 'pro', 'team')),
    period tstzrange not null,
    exclude using gist (period with &&) where (state = 'active')
);
create index subscriptions_due on subscriptions (state, upper(period)) where state in ('active', 'past_due');
create table payments (
    id bigserial primary key,
    customer_id bigint not null references customers,
    subscription_id bigint references subscriptions on delete set null,
    amount numeric(12, 2) not null check (amount <> 0),
    paid_at timestamptz
);
create view revenue as
    select date_trunc('month', p.paid_at) as month, s.plan, sum(p.amount) as total
    from payments p left join subscriptions s on s.id = p.subscription_id
    group by 1, 2;
