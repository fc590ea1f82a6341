create table codes (code text unique with (fillfactor = 60));
