create table t (a int, b int);
create statistics ab (ndistinct, dependencies) on a, b from t;
comment on statistics ab is 'they go together';
