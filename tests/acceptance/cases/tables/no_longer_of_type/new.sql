create type reading as (at timestamptz, value real);
create table meter (at timestamptz, value real);
