update diffapply.step set undone_by = %(run)s
where tenant = %(tenant)s and run = any (%(undoes)s::bigint[]) and undone_by is null
