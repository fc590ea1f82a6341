-- A few facts of the world.
insert into directory.currencies (code, name) values ('EUR', 'Euro'), ('USD', 'US Dollar');
insert into directory.countries (code, name, currency_code)
values ('DE', 'Germany', 'EUR'), ('FR', 'France', 'EUR'), ('US', 'United States', 'USD');
insert into directory.languages (code, name) values ('de', 'German'), ('en', 'English');
insert into directory.units (code, name) values ('pc', 'piece'), ('kg', 'kilogram');
insert into directory.carriers (code, name) values ('post', 'Post');
insert into directory.carrier_services (carrier_code, name) values ('post', 'Standard');
insert into billing.plans (name, monthly) values ('small', 29), ('large', 290);
