create table a_table_with_a_name_that_is_as_long_as_postgresql_allows_it_123 (
    a_column_with_a_name_that_is_as_long_as_postgresql_allows_it_12 int primary key,
    another_column_with_a_name_that_is_as_long_as_postgresql_allows text not null unique check (another_column_with_a_name_that_is_as_long_as_postgresql_allows <> ''),
    self int references a_table_with_a_name_that_is_as_long_as_postgresql_allows_it_123,
    n serial
);
create index on a_table_with_a_name_that_is_as_long_as_postgresql_allows_it_123 (n, self);
