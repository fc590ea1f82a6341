select (nextval('doc_id_seq'), nextval('doc2_id_seq')) = (6, 8);
