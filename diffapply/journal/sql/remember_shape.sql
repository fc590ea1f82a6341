insert into diffapply.shape (fingerprint, ddl, facts)
values (%(fingerprint)s, %(ddl)s::text[], %(facts)s)
on conflict (fingerprint) do update set ddl = excluded.ddl
where shape.ddl is null and excluded.ddl is not null
