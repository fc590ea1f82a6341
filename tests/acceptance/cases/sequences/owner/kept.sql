select nextval('s') = 2 and nextval('free') = 2
