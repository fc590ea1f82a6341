create table tickets (id int primary key, subject text not null, closed_at timestamptz);
