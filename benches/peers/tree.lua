-- A node is {key, left, right}.
local seed = 42
local function random()
  seed = seed * 48271 % 2147483647
  return seed % 10000000
end
local function leaf(key) return { key, false, false } end
local function insert(node, key)
  while true do
    local other = node[1]
    if other == key then return end
    local side = key < other and 2 or 3
    local next = node[side]
    if not next then
      node[side] = leaf(key)
      return
    end
    node = next
  end
end
local function has(node, key)
  if not node then return 0 end
  local other = node[1]
  if other == key then return 1 end
  if key < other then return has(node[2], key) end
  return has(node[3], key)
end
local function each(node, action)
  if not node then return end
  each(node[2], action)
  action(node[1])
  each(node[3], action)
end
local function height(node)
  if not node then return 0 end
  local left, right = height(node[2]), height(node[3])
  return (left > right and left or right) + 1
end
local root = leaf(5000000)
for _ = 1, 60000 do insert(root, random()) end
local found = 0
for _ = 1, 120000 do found = found + has(root, random()) end
local sum, count = 0, 0
for _ = 1, 3 do
  each(root, function(key)
    sum = (key + sum * 7) % 1000003
    count = count + 1
  end)
end
print(height(root) .. " " .. count .. " " .. found .. " " .. sum)
