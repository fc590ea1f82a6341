-- A role that may log in and do nothing else.
create role {role} login password {verifier} valid until {until}
    connection limit {connections} nosuperuser nocreatedb nocreaterole noinherit noreplication
    nobypassrls
