create table "страна" ("имя" text);
