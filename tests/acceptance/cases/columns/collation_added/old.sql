create table terms (word text, sort_key text);
create index terms_word on terms (word);
