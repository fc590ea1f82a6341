select c = 1 and e = 2 and a1 = 3 from a
