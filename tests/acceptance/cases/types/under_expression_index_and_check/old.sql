create table mails (address varchar(100) not null, check (length(address) > 3));
create unique index mails_lower on mails (lower(address));
