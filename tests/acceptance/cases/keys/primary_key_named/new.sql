create table zones (id int constraint pk_zones primary key);
create table places (id int constraint pk_places primary key, zone int constraint fk_places_zone references zones);
