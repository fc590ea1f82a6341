create sequence old_numbers;
