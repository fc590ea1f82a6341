-- needs pg_opfamily
-- Operators and functions that a family holds beside those of its classes.
select k.schema, k.family || ' ' || k.member as name, k.family as owner, k.definition,
    0 as position
from (
    select m.schema, quote_ident(f.opfname) || ' USING ' || quote_ident(am.amname) as family,
        case when set_config('search_path', m.path, true) <> '' then
            'OPERATOR ' || o.amopstrategy || ' (' || format_type(o.amoplefttype, null) || ', '
            || format_type(o.amoprighttype, null) || ')'
        end as member,
        case when set_config('search_path', m.path, true) <> '' then
            'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator || coalesce((
                select ' FOR ORDER BY '
                    || case when pg_opfamily_is_visible(s.oid) then ''
                        else quote_ident(sn.nspname) || '.' end
                    || quote_ident(s.opfname)
                from pg_opfamily s join pg_namespace sn on sn.oid = s.opfnamespace
                where s.oid = o.amopsortfamily
            ), '')
        end as definition
    from member m
    join pg_opfamily f on f.oid = m.objid
    join pg_am am on am.oid = f.opfmethod
    join pg_depend d
        on d.refclassid = 'pg_opfamily'::regclass and d.refobjid = f.oid
        and d.classid = 'pg_amop'::regclass
    join pg_amop o on o.oid = d.objid
    where m.classid = 'pg_opfamily'::regclass
    union all
    select m.schema, quote_ident(f.opfname) || ' USING ' || quote_ident(am.amname),
        case when set_config('search_path', m.path, true) <> '' then
            'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, null) || ', '
            || format_type(p.amprocrighttype, null) || ')'
        end,
        case when set_config('search_path', m.path, true) <> '' then
            'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, null) || ', '
            || format_type(p.amprocrighttype, null) || ') ' || p.amproc::oid::regprocedure
        end
    from member m
    join pg_opfamily f on f.oid = m.objid
    join pg_am am on am.oid = f.opfmethod
    join pg_depend d
        on d.refclassid = 'pg_opfamily'::regclass and d.refobjid = f.oid
        and d.classid = 'pg_amproc'::regclass
    join pg_amproc p on p.oid = d.objid
    where m.classid = 'pg_opfamily'::regclass
) k
