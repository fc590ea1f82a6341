select nextval('s') = 2 and nextval('u') = 3
