select id = 1 and k = 2 and x = 3 from c
