select sum(a) = 6 and max(list[2]::bigint) = 3 from t
