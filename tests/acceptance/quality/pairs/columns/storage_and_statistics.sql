-- why: settings of columns go into the one statement, too
-- before
CREATE TABLE documents (body text, lang text);
-- after
CREATE TABLE documents (body text, lang text NOT NULL);
ALTER TABLE documents ALTER COLUMN body SET STORAGE EXTERNAL, ALTER COLUMN lang SET STATISTICS 500;
-- expected
ALTER TABLE documents
    ALTER COLUMN body SET STORAGE EXTERNAL,
    ALTER COLUMN lang SET NOT NULL,
    ALTER COLUMN lang SET STATISTICS 500;
