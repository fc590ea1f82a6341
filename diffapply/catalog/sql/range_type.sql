select m.schema, quote_ident(t.typname) as name, quote_ident(t.typname) as owner,
    case when set_config('search_path', m.path, true) <> '' then 'RANGE (' || concat_ws(
        ', ',
        'SUBTYPE = ' || format_type(r.rngsubtype, null),
        case when not o.opcdefault then 'SUBTYPE_OPCLASS = ' || quote_ident(o.opcname) end,
        case when r.rngcollation <> b.typcollation then
            'COLLATION = ' || r.rngcollation::regcollation::text
        end,
        case when r.rngcanonical <> 0 then 'CANONICAL = ' || r.rngcanonical::regproc end,
        case when r.rngsubdiff <> 0 then 'SUBTYPE_DIFF = ' || r.rngsubdiff::regproc end,
        'MULTIRANGE_TYPE_NAME = ' || quote_ident(mr.typname)
    ) || ')' end as definition,
    0 as position
from member m
join pg_type t on t.oid = m.objid and t.typtype = 'r'
join pg_range r on r.rngtypid = t.oid
join pg_type b on b.oid = r.rngsubtype
join pg_type mr on mr.oid = r.rngmultitypid
join pg_opclass o on o.oid = r.rngsubopc
where m.classid = 'pg_type'::regclass
