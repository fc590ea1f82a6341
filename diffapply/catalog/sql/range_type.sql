-- needs pg_type
select t.schema, t.name, t.name as owner,
    case when set_config('search_path', t.path, true) <> '' then 'RANGE (' || concat_ws(
        ', ',
        'SUBTYPE = ' || format_type(r.rngsubtype, null),
        case when not o.opcdefault then
            'SUBTYPE_OPCLASS = '
            || case when pg_opclass_is_visible(o.oid) then '' else quote_ident(n.nspname) || '.' end
            || quote_ident(o.opcname)
        end,
        case when r.rngcollation <> b.typcollation then
            'COLLATION = ' || r.rngcollation::regcollation::text
        end,
        (
            select string_agg(
                v.option || ' = '
                || case when pg_function_is_visible(p.oid) then ''
                    else quote_ident(pn.nspname) || '.' end
                || quote_ident(p.proname), ', ' order by v.option
            )
            from (
                values ('CANONICAL', r.rngcanonical), ('SUBTYPE_DIFF', r.rngsubdiff)
            ) v (option, oid)
            join pg_proc p on p.oid = v.oid
            join pg_namespace pn on pn.oid = p.pronamespace
        ),
        'MULTIRANGE_TYPE_NAME = ' || quote_ident(mr.typname)
    ) || ')' end as definition,
    0 as position
from own_type t
join pg_range r on r.rngtypid = t.oid
join pg_type b on b.oid = r.rngsubtype
join pg_type mr on mr.oid = r.rngmultitypid
join pg_opclass o on o.oid = r.rngsubopc
join pg_namespace n on n.oid = o.opcnamespace
where t.typtype = 'r'
