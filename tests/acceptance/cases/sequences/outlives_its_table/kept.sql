select nextval('s') = 43;
