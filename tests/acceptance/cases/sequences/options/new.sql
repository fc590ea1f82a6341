create sequence s start 500 increment 5 minvalue 5 maxvalue 50000 cache 10 cycle;
