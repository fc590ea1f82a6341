create table settings (tenant_key text);
