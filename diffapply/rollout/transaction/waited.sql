-- Whether the statements sent with this one have waited.
select pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()
    operator(pg_catalog.-) pg_catalog.statement_timestamp()) operator(pg_catalog.>) 0.005
