select mail = 'a@b' from lots
