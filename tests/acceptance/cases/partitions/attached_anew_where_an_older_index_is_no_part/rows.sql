INSERT INTO jobs VALUES ('new', 1), ('new', 2);
