-- These settings as a fresh session has them, as far as they are not PostgreSQL's own; the search
-- path always.
select name, reset_val from pg_settings
where name = any (%s) and (reset_val is distinct from boot_val or name = 'search_path')
