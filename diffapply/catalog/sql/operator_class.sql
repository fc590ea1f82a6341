-- needs pg_opclass
-- Operators and functions that the class itself holds; see operator_family_member.sql.
select m.schema, quote_ident(c.opcname) || ' USING ' || quote_ident(am.amname) as name,
    quote_ident(c.opcname) || ' USING ' || quote_ident(am.amname) as owner,
    case when set_config('search_path', m.path, true) <> '' then
        case when c.opcdefault then 'DEFAULT ' else '' end
        || 'FOR TYPE ' || format_type(c.opcintype, null) || ' USING ' || quote_ident(am.amname)
        || ' FAMILY '
        || case when pg_opfamily_is_visible(f.oid) then '' else quote_ident(n.nspname) || '.' end
        || quote_ident(f.opfname) || ' AS ' || concat_ws(
            ', ',
            'STORAGE ' || format_type(
                case c.opckeytype when 0 then c.opcintype else c.opckeytype end, null
            ),
            (
                select string_agg(
                    'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator || coalesce((
                        select ' FOR ORDER BY '
                            || case when pg_opfamily_is_visible(s.oid) then ''
                                else quote_ident(sn.nspname) || '.' end
                            || quote_ident(s.opfname)
                        from pg_opfamily s join pg_namespace sn on sn.oid = s.opfnamespace
                        where s.oid = o.amopsortfamily
                    ), ''), ', '
                    order by o.amopstrategy
                )
                from pg_depend d
                join pg_amop o on o.oid = d.objid
                where d.refclassid = 'pg_opclass'::regclass and d.refobjid = c.oid
                    and d.classid = 'pg_amop'::regclass
            ),
            (
                select string_agg(
                    'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, null)
                    || ', ' || format_type(p.amprocrighttype, null) || ') '
                    || p.amproc::oid::regprocedure, ', '
                    order by p.amprocnum, format_type(p.amproclefttype, null) collate "C",
                        format_type(p.amprocrighttype, null) collate "C"
                )
                from pg_depend d
                join pg_amproc p on p.oid = d.objid
                where d.refclassid = 'pg_opclass'::regclass and d.refobjid = c.oid
                    and d.classid = 'pg_amproc'::regclass
            )
        )
    end as definition,
    0 as position
from member m
join pg_opclass c on c.oid = m.objid
join pg_am am on am.oid = c.opcmethod
join pg_opfamily f on f.oid = c.opcfamily
join pg_namespace n on n.oid = f.opfnamespace
where m.classid = 'pg_opclass'::regclass
