create table assets (id uuid primary key, parent uuid references assets);
