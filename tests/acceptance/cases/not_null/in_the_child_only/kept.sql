select id = 1 and label = 'a' and extra = 2 from special
