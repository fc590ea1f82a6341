-- A function in the journal that reads the two digests of a schema's own token; see `own.sql`. Its
-- plan stays in the session, so that a call takes a tenth of the time that the query alone takes.
create or replace function diffapply.{name}(schema_oid oid, out columns bigint, out rest bigint)
language plpgsql stable
{settings}
as ${name}${body}${name}$
