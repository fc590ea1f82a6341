SELECT (b[2]).x = 2 AND (b[1]).y = 'a' AND (c).y = 'c' FROM t
