create table settings (tenant_key text, theme text default 'dark', locale char(5), beta boolean not null default false);
