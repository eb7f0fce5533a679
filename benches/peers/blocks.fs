variable even
variable odd
: step ( x -- ) dup 2 mod if odd +! else drop 1 even +! then ;
: times ( n xt -- ) swap 0 do i over execute loop drop ;
5000000 ' step times even @ odd @ + . cr bye
