select id = 1 and label = 'a' from child
