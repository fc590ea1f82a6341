create table rates (a int not null, b bigint, c smallint default 4);
