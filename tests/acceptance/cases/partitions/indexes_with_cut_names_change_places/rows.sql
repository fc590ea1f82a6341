insert into loose_foreign_keys_of_records_that_were_deleted select i,1,1,'a' from generate_series(1,10) i;
