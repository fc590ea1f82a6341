create table orders (status varchar(20) check ((status)::text = any (array['a'::text, 'b'::text, 'c'::text])));
