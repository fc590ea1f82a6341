create table versions (doc_id int, number int, branch text, primary key (doc_id, number, branch));
create table reviews (id int primary key, doc_id int, number int, branch text,
    foreign key (doc_id, number, branch) references versions);
