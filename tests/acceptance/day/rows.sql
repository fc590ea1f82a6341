-- A tenant's first rows, written by the application.
insert into customer (plan_id, email, name, city) values
    (1, 'Ann@Example.org', 'Ann Lee', 'Boston'), (2, 'bob@example.org', 'Bob Ray', null);
insert into purchase (customer_id, total, placed_at) values
    (1, 120, '2026-03-08 01:30:00'), (1, 80, '2026-07-01 12:00:00'), (2, 5, '2026-11-01 23:00:00');
insert into note (customer_id, body) values (1, 'likes tea'), (2, 'calls back');
insert into event values (1, '2026-10-05', 'Login'), (2, '2026-11-05', 'LOGIN');
