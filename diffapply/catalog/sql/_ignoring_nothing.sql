ignored (schema, classid, objid, objsubid) as (
    select null::oid, null::oid, null::oid, 0 where false
),
