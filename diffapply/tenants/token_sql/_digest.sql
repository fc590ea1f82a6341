bit_xor(hashtidextended(place, (source::bigint << 32) + case age(writer)
    when 2147483647 then 0
    else ((select age from now) - age(writer)) & 4294967295
end))
