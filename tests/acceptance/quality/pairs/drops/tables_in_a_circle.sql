-- why: together they need no constraint to be dropped before
-- before
CREATE TABLE others (id bigint);
CREATE TABLE departments (id bigint PRIMARY KEY, head_id bigint);
CREATE TABLE employees (id bigint PRIMARY KEY, department_id bigint NOT NULL REFERENCES departments);
ALTER TABLE departments ADD FOREIGN KEY (head_id) REFERENCES employees;
-- after
CREATE TABLE others (id bigint);
-- expected
DROP TABLE departments, employees;
