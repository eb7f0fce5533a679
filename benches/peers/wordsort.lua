local seed = 3
local function random(n)
  seed = seed * 48271 % 2147483647
  return seed % n
end
local syllables = { [0] = "ba", "be", "bi", "do", "du", "ka", "ke", "la", "lo", "mi", "ne", "ru", "sa", "te" }
local function word()
  local text = ""
  for _ = 1, 1 + random(4) do text = text .. syllables[random(14)] end
  return text
end
local function merge(list, spare, low, middle, high)
  local i, j = low, middle
  for k = low, high - 1 do
    if i < middle and (j >= high or list[i] <= list[j]) then
      spare[k] = list[i]
      i = i + 1
    else
      spare[k] = list[j]
      j = j + 1
    end
  end
  table.move(spare, low, high - 1, low, list)
end
local function sort(list, spare, low, high)
  if high - low < 2 then return end
  local middle = (low + high) // 2
  sort(list, spare, low, middle)
  sort(list, spare, middle, high)
  merge(list, spare, low, middle, high)
end
local function distinct(list, n)
  local count = 1
  for i = 1, n - 1 do
    if list[i] ~= list[i - 1] then count = count + 1 end
  end
  return count
end
for _ = 1, 4 do
  local list = {}
  for i = 0, 49999 do list[i] = word() end
  sort(list, {}, 0, 50000)
  print(distinct(list, 50000) .. " " .. list[0] .. " " .. list[25000] .. " " .. list[49999])
end
