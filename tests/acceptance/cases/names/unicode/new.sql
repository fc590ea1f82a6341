create table "страна" ("имя" text not null, "größe" numeric check ("größe" > 0), "数量" int default 1);
create table "🦄" (id int primary key, "ключ" int references "🦄");
create index "индекс" on "страна" ("имя");
create type "настроение" as enum ('ура', 'увы');
