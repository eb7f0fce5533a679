local function build(k, n)
 local t = tostring(k)
 for j=0,n-1 do t = t .. tostring(j) .. "," end
 return t end
local function total(t)
 local sum = 0
 for i=1,#t do sum = sum + t:byte(i) end
 return sum end
local function run(n)
 local sum = 0
 for k=0,n-1 do sum = sum + total(build(k, 100)) end
 return sum end
print(run(5000))
