select count(*) = 9 and bool_and(n = id / 2.0 and label = 'x' || id and extra = id) and max(extra) = 9 and (select count(*) = 2 from ref) and (select count(*) > 0 from seen) from child
