create domain code as text constraint filled check (value <> '');
