create function short_code(length int, prefix text) returns text language sql volatile
    as $$ select prefix || substr(md5(random()::text), 1, length) $$;
create table links (id int primary key, code text default short_code(8, 'l-'));
