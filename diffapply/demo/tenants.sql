-- What the demo finds: twelve tenants that older releases left behind in two shapes.
do $$
declare
    tenant text;
begin
    for n in 1 .. 12 loop
        tenant := 'user_' || n;
        execute format('create schema %I', tenant);
        execute format(
            'create table %I.marketplace_jobs (
                id serial primary key,
                name varchar(%s) not null,
                status varchar(50) not null default ''PENDING'',
                created_at timestamptz not null default now()
            )', tenant, case when n > 9 then 100 else 255 end  -- these missed a migration
        );
        execute format('insert into %I.marketplace_jobs (name) values (''Spring sale'')', tenant);
    end loop;
end
$$;
