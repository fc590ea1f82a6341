select nextval('s') = 128
