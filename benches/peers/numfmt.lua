local function pad(text, width) return ("0"):rep(math.max(width - #text, 0)) .. text end
local function group(n)
  if n < 1000 then return tostring(n) end
  return group(n // 1000) .. "," .. pad(tostring(n % 1000), 3)
end
local function digits(text)
  local sum = 0
  for i = 1, #text do sum = sum + text:byte(i) - 48 end
  return sum
end
local total, length = 0, 0
local value, hex
for n = 1, 150000 do
  value = n * 7919 % 1000003
  local text = tostring(value)
  if tonumber(text) ~= value then print("wrong") end
  total = total + digits(text)
  hex = ("%x"):format(value)
  if tonumber(hex, 16) ~= value then print("wrong") end
  length = length + #group(value) + #pad(hex, 8)
end
print(total .. " " .. length .. " " .. group(value) .. " " .. pad(hex, 8))
