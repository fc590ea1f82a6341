select current_setting('transaction_read_only') = 'off' and bool_and(has_table_privilege(t, p))
from (values ('diffapply.look'), ('diffapply.proof')) tables (t)
cross join (values ('insert'), ('update'), ('delete')) privileges (p)
