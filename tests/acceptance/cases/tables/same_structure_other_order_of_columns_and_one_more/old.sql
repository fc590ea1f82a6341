create table shipments (id int primary key, carrier text, weight int);
