create table "back\slash" (a$1 int, "%s" int);
