create table "user" ("group" int primary key, "order" text);
