create table codes (code text unique);
