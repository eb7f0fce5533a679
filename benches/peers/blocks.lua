local function times(n, f) for i=0,n-1 do f(i) end end
local function count()
 local even, odd = 0, 0
 times(5000000, function(x) if x % 2 ~= 0 then odd = odd + x else even = even + 1 end end)
 return even + odd end
print(count())
