-- why: only the key that closes the circle is added afterwards
-- before
-- after
CREATE TABLE departments (id bigint PRIMARY KEY, head_id bigint);
CREATE TABLE employees (id bigint PRIMARY KEY, department_id bigint NOT NULL REFERENCES departments);
ALTER TABLE departments ADD FOREIGN KEY (head_id) REFERENCES employees;
-- expected
CREATE TABLE departments (
    id bigint NOT NULL,
    head_id bigint,
    CONSTRAINT departments_pkey PRIMARY KEY (id)
);
CREATE TABLE employees (
    id bigint NOT NULL,
    department_id bigint NOT NULL,
    CONSTRAINT employees_pkey PRIMARY KEY (id),
    CONSTRAINT employees_department_id_fkey FOREIGN KEY (department_id) REFERENCES departments(id)
);
ALTER TABLE departments ADD CONSTRAINT departments_head_id_fkey FOREIGN KEY (head_id) REFERENCES employees(id);
