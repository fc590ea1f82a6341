insert into t values ('info'), ('error');
