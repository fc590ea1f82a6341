insert into t values ('info', '{info,error}'), ('error', null);
