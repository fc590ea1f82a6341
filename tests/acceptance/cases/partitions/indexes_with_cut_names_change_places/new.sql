create table loose_foreign_keys_of_records_that_were_deleted (id bigint not null, partition bigint not null, status int, fully_qualified_table_name text) partition by list (partition);
create index idx_lfk on loose_foreign_keys_of_records_that_were_deleted (partition, fully_qualified_table_name, id) where status = 2;
create table loose_foreign_keys_of_records_that_were_deleted_2 partition of loose_foreign_keys_of_records_that_were_deleted for values in (2);
create table loose_foreign_keys_of_records_that_were_deleted_1 partition of loose_foreign_keys_of_records_that_were_deleted for values in (1);
