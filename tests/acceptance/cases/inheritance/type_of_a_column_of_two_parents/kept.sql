SELECT (SELECT sum(a) = 9 FROM m1) AND (SELECT sum(a + y) = 8 FROM m2) AND (SELECT v::text = '12' FROM n1)
