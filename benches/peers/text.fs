create buffer 1000 allot
variable used
: put ( addr u -- ) dup >r buffer used @ + swap move r> used +! ;
: put-number ( n -- ) 0 <# #s #> put ;
: build ( k n -- ) swap 0 used ! put-number 0 do i put-number s" ," put loop ;
: total ( -- sum ) 0 used @ 0 do buffer i + c@ + loop ;
: run ( n -- sum ) 0 swap 0 do i 100 build total + loop ;
5000 run . cr bye
