select count(*) = 10 and sum(device) = 55 from readings
