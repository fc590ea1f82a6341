-- Those of these schemas that the role may not use; they and the role as identifiers.
select n.nspname, quote_ident(n.nspname), quote_ident(current_user)
from pg_namespace n
where n.nspname = any (%(schemas)s) and not has_schema_privilege(n.oid, 'usage')
