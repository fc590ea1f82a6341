select count(*) = 2 and min(phone[1]) = '+49 1' from contacts
