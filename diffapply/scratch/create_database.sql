-- The statement that creates a database with the locale and the encoding of this one.
select format('create database %%I template template0 encoding %%L', %(name)s,
        pg_encoding_to_char(d.encoding))
    || format(' lc_collate %%L lc_ctype %%L', d.datcollate, d.datctype)
    || case to_jsonb(d) ->> 'datlocprovider'
        when 'i' then ' locale_provider icu icu_locale '
            || quote_literal(coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
        when 'b' then ' locale_provider builtin builtin_locale '
            || quote_literal(to_jsonb(d) ->> 'datlocale')
        else '' end
from pg_database d
where d.datname = current_database()
