create table "Order Items" ("Item No." int primary key, "say ""hi""" text);
