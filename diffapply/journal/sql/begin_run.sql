insert into diffapply.run
    (direction, who, version, plan_digest, desired, renames, message, git_commit, transitions,
    ignored, ignored_in)
values (%(direction)s, session_user || ' (' || %(user)s || ')', %(version)s, %(digest)s,
        %(desired)s, %(renames)s, %(message)s, %(git_commit)s, %(transitions)s,
        %(ignored)s, %(ignored_in)s)
returning id
