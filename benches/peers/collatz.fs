: chain ( n -- steps )
  1 swap
  begin dup 1 > while
    dup 1 and if 3 * 1+ else 2/ then
    swap 1+ swap
  repeat drop ;
: search ( limit -- at best )
  0 0 rot 1 do i chain 2dup < if nip nip i swap else drop then loop ;
300000 search . cr . cr bye
