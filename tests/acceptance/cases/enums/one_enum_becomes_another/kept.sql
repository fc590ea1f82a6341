select array_agg(v::text order by v) = array['x', 'y'] from t
