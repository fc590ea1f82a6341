create table versions (doc_id int, number int, primary key (doc_id, number));
create table reviews (id int primary key, doc_id int, number int,
    foreign key (doc_id, number) references versions);
