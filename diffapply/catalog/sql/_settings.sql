-- For such a wide query, poor estimates would make the planner use JIT, or hash whole catalogs.
set local plan_cache_mode = force_generic_plan;
set local jit = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
set local max_parallel_workers_per_gather = 0;
