create table mails (address text not null, check (length(address) > 3));
create unique index mails_lower on mails (lower(address));
