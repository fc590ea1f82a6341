insert into orders values (1, 'new'), (2, 'sent');
insert into returns values (1, 2, 'closed');
