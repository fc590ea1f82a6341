-- why: a routine whose body is parsed when it is created comes after the table it reads
-- before
CREATE TABLE others (id bigint);
-- after
CREATE TABLE others (id bigint);
CREATE TABLE cars (id bigint);
CREATE FUNCTION count_cars() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM cars; END;
-- expected
CREATE TABLE cars (
    id bigint
);
CREATE FUNCTION count_cars() RETURNS bigint
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT count(*) AS count
   FROM cars;
END;
