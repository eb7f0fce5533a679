9 constant n
create board n cells allot
: safe ( row column -- flag )
  over 0 ?do
    board i cells + @ over -
    dup 0= if drop 2drop false unloop exit then
    abs 2 pick i - = if 2drop false unloop exit then
  loop 2drop true ;
: queens ( row -- count )
  dup n = if drop 1 exit then
  0 n 0 do
    over i safe if i 2 pick cells board + ! over 1+ recurse + then
  loop nip ;
: run ( -- count ) 0 20 0 do drop 0 queens loop ;
run . cr bye
