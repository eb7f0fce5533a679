: text s" ++++++[>++++++++++[>++++++++++[>++++++++++[>++++++++++[>++++++++++[>++++++++++[>++++++++++[>+<-]<-]<-]<-]<-]<-]<-]>>>>>>>>++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++." ;
text nip constant size
create code size cells allot
create jump size cells allot
create open 100 cells allot
create tape 1000 cells allot
tape 1000 cells erase
variable d
: fill-code text drop size 0 do dup i + c@ code i cells + ! loop drop ;
: match
  0 d !
  size 0 do
    code i cells + @
    dup 91 = if i open d @ cells + ! 1 d +! then
    93 = if
      -1 d +! open d @ cells + @
      dup jump i cells + ! i swap cells jump + !
    then
  loop ;
: interpret
  0 tape 0 ( steps p ip )
  begin dup size < while
    dup cells code + @
    dup 43 = if drop over dup @ 1+ 255 and swap ! else
    dup 45 = if drop over dup @ 1- 255 and swap ! else
    dup 62 = if drop swap cell+ swap else
    dup 60 = if drop swap 1 cells - swap else
    dup 91 = if drop over @ 0= if cells jump + @ then else
    dup 93 = if drop over @ if cells jump + @ then else
    46 = if over @ emit then
    then then then then then then
    1+ rot 1+ -rot
  repeat 2drop space . ;
fill-code match interpret cr bye
