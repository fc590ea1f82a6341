create table "Order Items" ("Item No." int primary key, "say ""hi""" text not null default 'it''s', "100%" numeric, "a.b" int);
create index "by ""hi""" on "Order Items" ("say ""hi""", "a.b");
create view "the ""view""" as select "say ""hi""" as "x ""y""" from "Order Items";
alter table "Order Items" add constraint "is > 0" check ("100%" > 0);
comment on column "Order Items"."say ""hi""" is 'hello';
