select qty = 2 and price = 1.25 and total = 2.5 from lines
