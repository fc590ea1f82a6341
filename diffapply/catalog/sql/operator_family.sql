-- needs pg_opfamily
select m.schema, quote_ident(f.opfname) || ' USING ' || quote_ident(am.amname) as name,
    quote_ident(f.opfname) || ' USING ' || quote_ident(am.amname) as owner,
    'OPERATOR FAMILY' as definition, 0 as position
from member m
join pg_opfamily f on f.oid = m.objid
join pg_am am on am.oid = f.opfmethod
where m.classid = 'pg_opfamily'::regclass
