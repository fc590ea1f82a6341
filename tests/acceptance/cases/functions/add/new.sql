create table t (a int);
create function add_tax(net numeric, rate numeric default 0.19, out gross numeric, out tax numeric)
    language plpgsql immutable parallel safe as $$
begin
    tax := round(net * rate, 2);
    gross := net + tax;
end
$$;
create procedure clean_up(older_than interval default '30 days') language plpgsql as $$
begin
    delete from t where a < 0;
end
$$;
