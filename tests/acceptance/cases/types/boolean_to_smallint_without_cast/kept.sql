select sum(active) = 1 and count(*) = 2 from flags
