-- age() is by far the cheapest way to a number. It counts from a transaction id that is the same
-- for the whole of this statement, so that the difference of two ages does not move with time; the
-- writers of rows that are as old as the database, which have no age, count as one.
now as materialized (select age('3'::xid)::bigint as age)
