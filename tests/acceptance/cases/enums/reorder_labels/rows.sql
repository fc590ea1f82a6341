insert into t values ('small', '{large,medium}'), ('large', '{}'), ('medium', null);
