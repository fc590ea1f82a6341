insert into t values (1, array[row(1, 'a')::comp, row(2, 'b')::comp], row(3, 'c')::comp);
