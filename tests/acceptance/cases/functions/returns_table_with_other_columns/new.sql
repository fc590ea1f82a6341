create function f() returns table (a int, b text, c date) language sql as $$ select 1, 'x', current_date $$;
