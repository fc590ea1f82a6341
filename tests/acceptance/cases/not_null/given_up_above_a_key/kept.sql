select id = 1 and k = 2 from c
