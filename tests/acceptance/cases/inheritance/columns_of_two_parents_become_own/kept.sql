select c = 1 and e = 2 and d = 3 and x = 4 from a
