select nextval('s'), nextval('u'), nextval('u');
