-- why: a partition that becomes partitioned is the first partition of itself: no row moves
-- before
CREATE TABLE t (id integer NOT NULL, r text NOT NULL, n integer, CONSTRAINT t_pkey PRIMARY KEY (r, id)) PARTITION BY LIST (r);
CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu');
CREATE TABLE t_us PARTITION OF t FOR VALUES IN ('us');
-- after
CREATE TABLE t (id integer NOT NULL, r text NOT NULL, n integer, CONSTRAINT t_pkey PRIMARY KEY (r, id)) PARTITION BY LIST (r);
CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu') PARTITION BY RANGE (id);
CREATE TABLE t_eu_1 PARTITION OF t_eu FOR VALUES FROM (0) TO (1000);
CREATE TABLE t_us PARTITION OF t FOR VALUES IN ('us');
-- expected
ALTER TABLE t DETACH PARTITION t_eu;
ALTER TABLE t_eu RENAME TO t_eu_1;
ALTER TABLE t_eu_1 RENAME CONSTRAINT t_eu_pkey TO t_eu_1_pkey;
CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu') PARTITION BY RANGE (id);
ALTER TABLE t_eu ATTACH PARTITION t_eu_1 FOR VALUES FROM (0) TO (1000);
