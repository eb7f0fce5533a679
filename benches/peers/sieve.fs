2000000 constant size
size cells allocate throw constant flags
: sieve ( -- n )
  size 0 do 1 flags i cells + ! loop
  0
  size 2 do
    flags i cells + @ if
      1+
      i i +  begin dup size < while 0 over cells flags + !  i + repeat drop
    then
  loop ;
: run 0 swap 0 do drop sieve loop ;
10 run . cr bye
