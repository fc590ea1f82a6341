insert into diffapply.run
    (direction, who, version, plan_digest, desired, renames, message, revision, transitions)
values (%(direction)s, session_user || ' (' || %(user)s || ')', %(version)s, %(digest)s,
        %(desired)s, %(renames)s, %(message)s, %(revision)s, %(transitions)s)
returning id
