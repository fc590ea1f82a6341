create table t (a bigint, b int);
create statistics ab (ndistinct, dependencies) on a, b from t;
comment on statistics ab is 'they go together';
