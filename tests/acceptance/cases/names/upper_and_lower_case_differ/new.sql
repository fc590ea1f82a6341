create table t ("A" int, a int);
create table "T" ("A" text, a text);
create index ix on "T" (a);
create index "IX" on t (a);
