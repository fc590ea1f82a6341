SELECT sum(price) = 3 FROM jobs
