set local enable_seqscan = off; select count(*) = 1 from t where f(i) = 6;
