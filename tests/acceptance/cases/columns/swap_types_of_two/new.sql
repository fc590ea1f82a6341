create table pairs (a text, b int);
