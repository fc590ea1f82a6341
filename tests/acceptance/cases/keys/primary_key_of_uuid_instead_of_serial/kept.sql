select count(*) = 1 from uses
