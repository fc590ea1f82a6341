select a = 'ten' and b = 10 and c = 1.5 and d is not null from limits
