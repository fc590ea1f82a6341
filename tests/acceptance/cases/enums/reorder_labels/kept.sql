select array_agg(s::text order by s) = array['small', 'medium', 'large'] from t
