create table t (name text, id serial, big bigserial, small smallserial);
