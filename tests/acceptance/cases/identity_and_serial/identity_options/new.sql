create table t (id int generated always as identity (sequence name t_numbers start with 1000 increment by 10 minvalue 10 maxvalue 99990 cache 20 cycle));
