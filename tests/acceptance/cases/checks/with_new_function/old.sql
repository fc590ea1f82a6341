create table ibans (iban text not null);
