select setval('s', 42);
