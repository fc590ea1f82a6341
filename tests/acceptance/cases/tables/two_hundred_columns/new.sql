create table wide (id int primary key);
do $$ begin
    for n in 51..250 loop
        execute format('alter table wide add column c%s varchar(%s) default %L', n, n + 10, n);
    end loop;
end $$;
