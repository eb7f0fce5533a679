16384 constant size
create keys size 2* cells allot
create counts size cells allot
keys size 2* cells erase
counts size cells erase
create line 70000 allot
: hash ( addr u -- h ) 0 -rot bounds ?do 31 * i c@ + 16383 and loop ;
: slot ( h -- addr ) 2* cells keys + ;
: keep ( addr u -- addr' u ) dup >r here swap dup allot move here r@ - r> ;
: add ( addr u -- )
  2dup hash
  begin
    dup slot 2@
    dup 0= if 2drop >r keep r@ slot 2! 1 r> cells counts + ! exit then
    4 pick 4 pick str= if 1 swap cells counts + +! 2drop exit then
    1+ 16383 and
  again ;
: split ( addr u -- )
  over dup { start }
  -rot bounds ?do
    drop
    i c@ bl = if i start > if start i over - add then i 1+ to start then
    i 1+
  loop
  dup start > if start tuck - add else drop then ;
: count-words begin line 70000 stdin read-line throw while line swap split repeat drop ;
: report
  0 0 0 0 { distinct total best at }
  size 0 do
    i cells counts + @ { c }
    c 0> if distinct 1+ to distinct total c + to total then
    c best > if c to best i to at then
  loop
  distinct . cr total . cr at slot 2@ type space best . cr ;
count-words report bye
