create table placeholder (a int, b int);
