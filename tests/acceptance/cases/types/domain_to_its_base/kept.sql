select qty = 5 from lots
