create sequence new_numbers as smallint start 100 increment -1 minvalue -100 maxvalue 100 cycle;
