create table pairs (a int, b int, constraint first unique (b), constraint second unique (a));
