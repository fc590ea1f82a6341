select count(*) = 2 from b
