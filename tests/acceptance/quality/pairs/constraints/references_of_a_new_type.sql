-- why: a foreign key is checked once, when both its columns have their types
-- before
CREATE TABLE projects (id integer NOT NULL, CONSTRAINT projects_pkey PRIMARY KEY (id));
CREATE TABLE modules (project_id integer, lead_id integer, CONSTRAINT modules_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES projects(id));
-- after
CREATE TABLE projects (id bigint NOT NULL, CONSTRAINT projects_pkey PRIMARY KEY (id));
CREATE TABLE modules (project_id bigint, lead_id bigint, CONSTRAINT modules_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES projects(id) ON DELETE CASCADE, CONSTRAINT modules_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id));
-- expected
ALTER TABLE modules
    DROP CONSTRAINT modules_lead_id_fkey,
    ALTER COLUMN project_id TYPE bigint,
    ALTER COLUMN lead_id TYPE bigint;
ALTER TABLE projects ALTER COLUMN id TYPE bigint;
ALTER TABLE modules
    ADD CONSTRAINT modules_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES projects(id) ON DELETE CASCADE,
    ADD CONSTRAINT modules_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id);
