-- The statement_timeout of a fresh session in seconds, that of this one, and who has set it.
select reset_val::float8 / 1000, current_setting(name), source, current_user
from pg_settings where name = 'statement_timeout'
