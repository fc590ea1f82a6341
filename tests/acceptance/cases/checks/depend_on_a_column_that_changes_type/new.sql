create table spans (first date, last date, check (first <= last));
