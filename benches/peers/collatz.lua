local function chain(n)
  local steps = 1
  while n > 1 do
    if n % 2 ~= 0 then n = n * 3 + 1 else n = n // 2 end
    steps = steps + 1
  end
  return steps
end
local function search(limit)
  local best, at = 0, 0
  for i = 1, limit - 1 do
    local steps = chain(i)
    if steps > best then best, at = steps, i end
  end
  return at, best
end
local at, best = search(300000)
print(best)
print(at)
