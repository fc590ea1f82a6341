create domain vat as text;
create table t (v vat);
