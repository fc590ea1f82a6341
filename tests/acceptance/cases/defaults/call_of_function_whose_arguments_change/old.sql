create function short_code(length int) returns text language sql volatile
    as $$ select substr(md5(random()::text), 1, length) $$;
create table links (id int primary key, code text default short_code(6));
