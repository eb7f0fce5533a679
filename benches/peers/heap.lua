local heap, size, seed = {}, 0, 99
local function random()
  seed = seed * 48271 % 2147483647
  return seed
end
local function at(i) return heap[i] end
local function put(value, i) heap[i] = value end
local function push(value)
  size = size + 1
  local i = size
  while i > 1 and at(i // 2) > value do
    put(at(i // 2), i)
    i = i // 2
  end
  put(value, i)
end
local function pop()
  local least, value = at(1), at(size)
  size = size - 1
  local i = 1
  while i * 2 <= size do
    local child = i * 2
    if child < size and at(child + 1) < at(child) then child = child + 1 end
    if at(child) >= value then break end
    put(at(child), i)
    i = child
  end
  put(value, i)
  return least
end
for _ = 1, 200000 do push(random()) end
local sum, last = 0, 0
for _ = 1, 200000 do
  local least = pop()
  if least < last then print("wrong") end
  last = least
  sum = (sum * 31 + least) % 1000003
end
print(sum)
