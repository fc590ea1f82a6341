insert into diffapply.run (direction, who, version, plan_digest, desired, renames)
values (%(direction)s, session_user || ' (' || %(user)s || ')', %(version)s, %(digest)s,
        %(desired)s, %(renames)s)
returning id
