2000000 constant n
n cells allocate throw constant list
: fold ( list n total xt -- total )
  { xt } -rot cells over + swap ?do i @ xt execute 1 cells +loop ;
: fill-list n 0 do i 1000 mod list i cells + ! loop ;
:noname ( total cell -- total ) 3 * + 1000003 mod ; constant step
: run ( -- sum ) fill-list 0 5 0 do list n 0 step fold + loop ;
run . cr bye
