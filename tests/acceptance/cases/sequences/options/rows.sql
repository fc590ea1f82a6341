select setval('s', 123);
