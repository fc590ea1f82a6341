-- For each of the schemas $1, and under 0 for all that lies outside of them, a digest over the
-- versions of the catalog rows that facts are read from. A version of a row is told by its place
-- and the transaction that wrote it: both move when it is written, neither with the tenants' data,
-- with ANALYZE or with VACUUM. The digest is of a set: the order of rows does not count.
--
-- Temporary and TOAST relations are left out; what is set on the latter is set on their owner too.
with ignored as materialized (
    select oid from pg_namespace where nspname ~ '^pg_(toast|temp_[0-9]+|toast_temp_[0-9]+)$'
),
class as materialized (
    select oid, relnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_class
    where relnamespace not in (select oid from ignored)
),
type as materialized (
    select oid, typnamespace as schema, tableoid as source, ctid as place, xmin as writer
    from pg_type
    where typnamespace not in (select oid from ignored)
),
version as (
{version}
),
-- age() is by far the cheapest way to a number. It counts from a transaction id that is the same
-- for the whole of this statement, so that the difference of two ages does not move with time; the
-- writers of rows that are as old as the database, which have no age, count as one.
now as materialized (select age('3'::xid)::bigint as age),
digest as (
    select schema,
        bit_xor(hashtidextended(place, (source::bigint << 32) + case age(writer)
            when 2147483647 then 0
            else ((select age from now) - age(writer)) & 4294967295
        end)) as digest
    from version
    group by schema
)
select coalesce(s.oid, 0), bit_xor(d.digest)
from digest d
left join unnest($1::oid[]) s (oid) on s.oid = d.schema
where d.schema is null or d.schema not in (select oid from ignored)
group by coalesce(s.oid, 0)
