create table notes (id int primary key, size bigint);
create table notes_log (note int, size bigint);
create rule log_size as on update to notes do also insert into notes_log values (old.id, old.size);
