select array_agg(c order by c) = array[2, 3] from t
