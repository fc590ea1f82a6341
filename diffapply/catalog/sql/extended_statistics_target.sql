-- needs pg_statistic_ext
select m.schema, quote_ident(s.stxname) as name, quote_ident(c.relname) as owner,
    s.stxstattarget::text as definition, 0 as position
from member m
join pg_statistic_ext s on s.oid = m.objid and s.stxstattarget >= 0
join pg_class c on c.oid = s.stxrelid
where m.classid = 'pg_statistic_ext'::regclass
