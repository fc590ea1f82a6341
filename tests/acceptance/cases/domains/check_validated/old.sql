create domain code as text;
alter domain code add constraint filled check (value <> '') not valid;
