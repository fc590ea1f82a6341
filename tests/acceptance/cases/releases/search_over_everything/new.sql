create function words(a text, b text) returns tsvector language sql immutable parallel safe
    as $$ select setweight(to_tsvector('simple', coalesce(a, '')), 'A') || to_tsvector('simple', coalesce(b, '')) $$;
create table articles (id int primary key, title varchar(200), body text, search tsvector generated always as (words(title::text, body)) stored);
create table comments (id int primary key, article_id int references articles on delete cascade, body text);
create index articles_search on articles using gin (search);
create materialized view corpus as
    select 'article' as kind, id, search from articles
    union all
    select 'comment', id, words(null, body) from comments;
create unique index corpus_key on corpus (kind, id);
create index corpus_search on corpus using gin (search);
