create table pairs (a int, b int, constraint first unique (a), constraint second unique (b));
