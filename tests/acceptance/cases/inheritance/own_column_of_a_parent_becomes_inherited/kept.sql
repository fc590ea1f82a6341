select id = 1 and label = 'a' and own = 2 and g = 3 from grand
