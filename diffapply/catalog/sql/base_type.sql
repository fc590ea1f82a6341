-- needs pg_type
-- A type that is declared only, for its functions to name it, is a shell.
select t.schema, t.name, t.name as owner,
    case
        when not t.typisdefined then 'SHELL'
        when set_config('search_path', t.path, true) <> '' then '(' || concat_ws(
            ', ',
            (
                select string_agg(
                    v.option || ' = '
                    || case when pg_function_is_visible(p.oid) then ''
                        else quote_ident(n.nspname) || '.' end
                    || quote_ident(p.proname), ', ' order by v.place
                )
                from (
                    values (1, 'INPUT', t.typinput), (2, 'OUTPUT', t.typoutput),
                        (3, 'RECEIVE', t.typreceive), (4, 'SEND', t.typsend),
                        (5, 'TYPMOD_IN', t.typmodin), (6, 'TYPMOD_OUT', t.typmodout),
                        (7, 'ANALYZE', t.typanalyze), (8, 'SUBSCRIPT', t.typsubscript)
                ) v (place, option, oid)
                join pg_proc p on p.oid = v.oid
                join pg_namespace n on n.oid = p.pronamespace
            ),
            'INTERNALLENGTH = ' || case t.typlen when -1 then 'VARIABLE' else t.typlen::text end,
            case when t.typbyval then 'PASSEDBYVALUE' end,
            'ALIGNMENT = ' || case t.typalign
                when 'c' then 'char' when 's' then 'int2' when 'i' then 'int4' else 'double'
            end,
            'STORAGE = ' || case t.typstorage
                when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main'
                else 'extended'
            end,
            'CATEGORY = ' || quote_literal(t.typcategory::text),
            case when t.typispreferred then 'PREFERRED = true' end,
            'DEFAULT = ' || quote_literal(t.typdefault),
            case when t.typelem <> 0 then 'ELEMENT = ' || format_type(t.typelem, null) end,
            'DELIMITER = ' || quote_literal(t.typdelim::text),
            case when t.typcollation <> 0 then 'COLLATABLE = true' end
        ) || ')'
    end as definition,
    0 as position
from own_type t
where t.typtype = 'b' or not t.typisdefined
