create table hooks (
    url text check (url ~* '^https?://[^\s''"]+$'),
    opts jsonb check (jsonb_typeof(opts) = 'object' and opts ? 'retry' and (opts ->> 'retry')::int >= 0)
);
