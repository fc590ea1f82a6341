create table workspaces (id bigint primary key, slug text not null unique);
