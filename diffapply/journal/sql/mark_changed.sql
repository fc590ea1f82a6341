-- A transaction whose snapshot is older sees the tenant as it was. It fails when it locks this row,
-- as a serialization failure.
update diffapply.tenant set name = name where name = %(tenant)s
