select count(*) = 2 and count(parent) = 1 from assets
