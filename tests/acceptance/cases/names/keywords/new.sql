create table "user" ("group" int primary key, "order" text, "select" int references "user", "table" "char");
create table "table" ("column" int check ("column" > 0), "default" text default 'null', "end" timestamptz);
create unique index "index" on "user" ("order");
create view "view" as select "group" from "user" where "select" is null;
create function "return"("in" int) returns int language sql as $$ select "in" $$;
create type "type" as enum ('enum');
alter table "table" add "type" "type";
