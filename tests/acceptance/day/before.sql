create sequence purchase_number start 1000;
create function next_number() returns integer language sql
    set search_path = tenant, public as $$ select nextval('purchase_number')::integer $$;
