insert into diffapply.run (direction, who, version, plan_digest, desired)
values (%(direction)s, session_user || ' (' || %(user)s || ')', %(version)s, %(digest)s,
        %(desired)s)
returning id
