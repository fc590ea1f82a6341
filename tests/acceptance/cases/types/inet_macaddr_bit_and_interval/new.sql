create table hosts (ip cidr, mac macaddr8, mask bit varying(16), ttl interval day to second(2), geo circle);
