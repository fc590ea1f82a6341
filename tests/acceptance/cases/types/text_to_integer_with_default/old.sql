create table flags (level text not null default '0', weight text);
