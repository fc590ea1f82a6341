create table "back\slash" (a$1 int, "%s" int check ("%s" % 2 = 0), "%(x)s" text default '\d%s');
create function "f%s"() returns text language sql as $fn$ select 'a%b$1' $fn$;
comment on table "back\slash" is '100% \n';
