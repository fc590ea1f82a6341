create table t (title text, body text,
    words tsvector generated always as (setweight(to_tsvector('english', coalesce(title, '')), 'A')
        || to_tsvector('english', coalesce(body, ''))) stored);
create index t_words on t using gin (words);
