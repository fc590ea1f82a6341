-- Force hash joins, because whole catalogs are joined, and the planner's estimates for such unions
-- are poor. The hash tables take some megabytes.
set local work_mem = '64MB'; set local enable_nestloop = off; set local enable_mergejoin = off;
set local jit = off; set local max_parallel_workers_per_gather = 0;
