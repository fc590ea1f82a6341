create function vat_ok(v text) returns boolean language sql immutable as $$ select length(v) > 4 $$;
create domain vat as text check (vat_ok(value));
create table t (v vat);
