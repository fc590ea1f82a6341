select id = 1 and e = 9 and own = 2 and g = 3 from grand
