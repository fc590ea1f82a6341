insert into limits default values;
