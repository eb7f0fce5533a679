local function gcd(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end
local sum = 0
for i = 1, 1700 do
  for j = 1, 1700 do sum = sum + gcd(i, j) end
end
print(sum)
