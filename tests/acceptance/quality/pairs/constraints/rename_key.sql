-- why: the index follows its constraint; nothing is built
-- before
CREATE TABLE users (email text, CONSTRAINT unique_email UNIQUE (email));
-- after
CREATE TABLE users (email text, CONSTRAINT users_email_key UNIQUE (email));
-- expected
ALTER TABLE users RENAME CONSTRAINT unique_email TO users_email_key;
