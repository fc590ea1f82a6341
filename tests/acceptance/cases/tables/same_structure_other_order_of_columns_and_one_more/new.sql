create table shipments (weight int, carrier text, id int primary key, tracking text);
