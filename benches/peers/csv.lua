local function split(line)
  local fields = {}
  for field in (line .. ","):gmatch("([^,]*),") do fields[#fields + 1] = field end
  return fields
end
local function join(fields, separator)
  local text = fields[1]
  for i = 2, #fields do text = text .. separator .. fields[i] end
  return text
end
local lines, sum, length, bad, oslo = 0, 0, 0, 0, 0
for line in io.lines() do
  local fields = split(line)
  lines = lines + 1
  if #fields ~= 5 then
    bad = bad + 1
  else
    local amount = tonumber(fields[4])
    if amount then sum = sum + amount else bad = bad + 1 end
    if fields[5] == "Oslo" then oslo = oslo + 1 end
  end
  length = length + #join(fields, ";")
end
print(lines .. " " .. sum .. " " .. length .. " " .. bad .. " " .. oslo)
