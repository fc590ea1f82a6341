select nextval('s'), nextval('s'), nextval('down');
