insert into uses values (null, now());
