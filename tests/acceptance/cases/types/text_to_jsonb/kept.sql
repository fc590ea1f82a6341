select body -> 'a' -> 1 = '2' from hooks
