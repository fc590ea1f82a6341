select nextval('s'), nextval('free');
