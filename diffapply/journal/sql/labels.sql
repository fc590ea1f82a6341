-- What runs were for; of one run, also what it ran, which may be much.
select r.id, coalesce(r.message, ''), coalesce(r.git_commit, ''),
    case when %(run)s is not null then r.transitions end
from diffapply.run r
where %(run)s is null or r.id = %(run)s
