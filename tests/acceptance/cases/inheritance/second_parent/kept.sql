select id = 1 and extra = 2 from child
