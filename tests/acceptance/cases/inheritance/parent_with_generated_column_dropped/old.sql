CREATE TABLE base (label text, shouted text GENERATED ALWAYS AS (upper(label)) STORED);
CREATE TABLE job (price numeric) INHERITS (base);
