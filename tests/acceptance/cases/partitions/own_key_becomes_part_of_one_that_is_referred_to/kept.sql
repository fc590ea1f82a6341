SELECT sum(id) = 3 FROM jobs
