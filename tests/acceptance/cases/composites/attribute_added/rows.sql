insert into t values (('Main St', '12345'));
