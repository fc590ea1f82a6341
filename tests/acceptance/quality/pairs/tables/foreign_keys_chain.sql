-- why: each table comes after those it refers to, so that its foreign keys can stand in it
-- before
-- after
CREATE TABLE zones (id bigint PRIMARY KEY);
CREATE TABLE houses (id bigint PRIMARY KEY, zone_id bigint NOT NULL REFERENCES zones ON DELETE CASCADE);
CREATE TABLE doors (id bigint PRIMARY KEY, house_id bigint REFERENCES houses);
-- expected
CREATE TABLE zones (
    id bigint NOT NULL,
    CONSTRAINT zones_pkey PRIMARY KEY (id)
);
CREATE TABLE houses (
    id bigint NOT NULL,
    zone_id bigint NOT NULL,
    CONSTRAINT houses_pkey PRIMARY KEY (id),
    CONSTRAINT houses_zone_id_fkey FOREIGN KEY (zone_id) REFERENCES zones(id) ON DELETE CASCADE
);
CREATE TABLE doors (
    id bigint NOT NULL,
    house_id bigint,
    CONSTRAINT doors_pkey PRIMARY KEY (id),
    CONSTRAINT doors_house_id_fkey FOREIGN KEY (house_id) REFERENCES houses(id)
);
