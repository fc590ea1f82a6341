create procedure f(a int) language plpgsql as $$ begin null; end $$;
