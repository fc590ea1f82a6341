select e = 2 from a
