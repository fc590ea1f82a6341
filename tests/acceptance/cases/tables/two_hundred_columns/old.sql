create table wide (id int primary key);
do $$ begin
    for n in 1..200 loop
        execute format('alter table wide add column c%s text default %L', n, n);
    end loop;
end $$;
