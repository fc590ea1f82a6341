select array_agg(word order by word) = array['a', 'b'] from terms
