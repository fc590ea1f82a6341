create table terms (word text collate "C", sort_key text);
create index terms_word on terms (word);
