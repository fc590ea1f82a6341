create table articles (id int primary key, title varchar(100), body text);
create table comments (id int primary key, article_id int references articles, body varchar(1000));
