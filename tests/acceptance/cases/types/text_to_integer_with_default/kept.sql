select level = 7 and weight = 1.5 from flags
