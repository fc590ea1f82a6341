create table articles (id int primary key, title text not null);
create table tags (id int primary key, word text not null unique);
create table article_tags (
    article_id int references articles on delete cascade,
    tag_id int references tags on delete restrict,
    primary key (article_id, tag_id)
);
create index article_tags_by_tag on article_tags (tag_id, article_id);
