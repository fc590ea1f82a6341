create table jobs (a text default E'a\\b\n"c" %s $1 ; drop table jobs; --', b text default '{"a": "%(x)s"}');
