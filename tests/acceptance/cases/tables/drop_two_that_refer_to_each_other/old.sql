create table chats (id int primary key, last_message_id int);
create table messages (id int primary key, chat_id int not null references chats);
alter table chats add foreign key (last_message_id) references messages deferrable initially deferred;
create table contacts (id int primary key);
