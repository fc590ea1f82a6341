create table assets (id text primary key, parent text references assets);
