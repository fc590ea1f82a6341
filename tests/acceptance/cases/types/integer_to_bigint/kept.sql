select sum(id) = 3 and sum(n) = 12 from clicks
