create table t (title text, body text);
