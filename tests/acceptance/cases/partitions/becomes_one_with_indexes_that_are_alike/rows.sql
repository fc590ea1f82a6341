INSERT INTO jobs_new VALUES ('new', 1), ('new', 2);
