-- why: names of 63 bytes are told apart by numbers; what PostgreSQL named is renamed, and each partition is read once
-- before
CREATE TABLE loose_foreign_keys_deleted_records (id bigint, partition bigint, fully_qualified_name text) PARTITION BY LIST (partition);
CREATE TABLE loose_foreign_keys_deleted_records_1 PARTITION OF loose_foreign_keys_deleted_records FOR VALUES IN (1);
CREATE INDEX by_name ON loose_foreign_keys_deleted_records (partition, fully_qualified_name, id);
-- after
CREATE TABLE loose_foreign_keys_deleted_records (id bigint, partition bigint, fully_qualified_name text) PARTITION BY LIST (partition);
CREATE TABLE loose_foreign_keys_deleted_records_1 PARTITION OF loose_foreign_keys_deleted_records FOR VALUES IN (1);
CREATE TABLE loose_foreign_keys_deleted_records_2 PARTITION OF loose_foreign_keys_deleted_records FOR VALUES IN (2);
CREATE INDEX by_whole_name ON loose_foreign_keys_deleted_records (partition, fully_qualified_name, id) WHERE (id > 0);
-- expected
CREATE INDEX by_whole_name ON loose_foreign_keys_deleted_records USING btree (partition, fully_qualified_name, id) WHERE (id > 0);
CREATE TABLE loose_foreign_keys_deleted_records_2 PARTITION OF loose_foreign_keys_deleted_records FOR VALUES IN ('2');
DROP INDEX by_name;
ALTER INDEX loose_foreign_keys_deleted_re_partition_fully_qualified_na_idx1 RENAME TO loose_foreign_keys_deleted_re_partition_fully_qualified_nam_idx;
ALTER INDEX loose_foreign_keys_deleted_re_partition_fully_qualified_na_idx3 RENAME TO loose_foreign_keys_deleted_re_partition_fully_qualified_na_idx1;
