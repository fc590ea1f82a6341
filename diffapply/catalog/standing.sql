-- Where a dependent d stands, and in which schema: a rule, a default, a trigger, a policy and a
-- constraint are where their relation is.
left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
left join pg_attrdef g on d.classid = 'pg_attrdef'::regclass and g.oid = d.objid
left join pg_trigger t on d.classid = 'pg_trigger'::regclass and t.oid = d.objid
left join pg_policy q on d.classid = 'pg_policy'::regclass and q.oid = d.objid
left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
left join pg_class c on c.oid = case d.classid
    when 'pg_class'::regclass then d.objid
    else coalesce(w.ev_class, g.adrelid, t.tgrelid, q.polrelid, nullif(k.conrelid, 0))
end
left join pg_type y on y.oid = case d.classid
    when 'pg_type'::regclass then d.objid else nullif(k.contypid, 0)
end
left join pg_proc p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
left join pg_operator o on d.classid = 'pg_operator'::regclass and o.oid = d.objid
left join pg_opclass m on d.classid = 'pg_opclass'::regclass and m.oid = d.objid
left join pg_statistic_ext s on d.classid = 'pg_statistic_ext'::regclass and s.oid = d.objid
cross join lateral (
    select coalesce(
        c.relnamespace, p.pronamespace, y.typnamespace, o.oprnamespace, m.opcnamespace,
        s.stxnamespace
    ) as oid
) place
