select array_agg(level::text order by level) = array['info', 'error'] from t
