create table spans (first int, last int, check (first <= last));
