insert into diffapply.look (tenant, token, fingerprint)
values %s
on conflict (tenant) do update set token = excluded.token, fingerprint = excluded.fingerprint
where (look.token, look.fingerprint) <> (excluded.token, excluded.fingerprint)
