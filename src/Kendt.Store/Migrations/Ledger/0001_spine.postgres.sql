-- Words are found by their beginning, in the order of their bytes, whatever the database's language.
alter table search_term alter column term type text collate "C";
