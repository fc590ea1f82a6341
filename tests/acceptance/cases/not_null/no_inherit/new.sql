create table parent (a int not null no inherit, b int constraint b_here not null no inherit);
