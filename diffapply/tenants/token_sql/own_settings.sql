-- For a few schemas: read through indexes, by a query that is planned once on each connection.
set local search_path = pg_catalog, pg_temp; set local plan_cache_mode = force_generic_plan;
set local jit = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
set local enable_seqscan = off; set local max_parallel_workers_per_gather = 0;
