create table hosts (ip inet, mac macaddr, mask bit(8), ttl interval, geo point);
