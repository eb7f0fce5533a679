local function fold(list, n, total, f)
  for i = 0, n - 1 do total = f(total, list[i]) end
  return total
end
local list = {}
for i = 0, 1999999 do list[i] = i % 1000 end
local sum = 0
for k = 1, 5 do
  sum = sum + fold(list, 2000000, 0, function(x, y) return (x + y * 3) % 1000003 end)
end
print(sum)
