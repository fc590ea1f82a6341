create table "tblUser" ("ID" serial constraint "PK_User" primary key, "eMail" text constraint "UQ_mail" unique);
create table "tblLogin" ("ID" serial constraint "PK_Login" primary key, "UserID" int constraint "FK_1" references "tblUser");
create index "IX_1" on "tblLogin" ("UserID");
