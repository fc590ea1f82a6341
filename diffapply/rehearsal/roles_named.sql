-- Both roles as identifiers, and whether there is the second one.
select quote_ident(%(builder)s), quote_ident(%(role)s),
    exists (select from pg_roles where rolname = %(role)s)
