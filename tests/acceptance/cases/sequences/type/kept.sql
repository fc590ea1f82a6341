select nextval('s') = 3 and nextval('down') = -2
