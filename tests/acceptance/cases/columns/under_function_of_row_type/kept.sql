select count(*) = 1 from orders where note = 'x' and price = 5;
