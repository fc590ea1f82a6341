create table hooks (url text, opts jsonb);
