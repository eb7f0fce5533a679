local function occurrences(text, part)
  local count = 0
  while true do
    local at = text:find(part, 1, true)
    if not at then return count end
    count = count + 1
    text = text:sub(at + #part)
  end
end
local function capital(text)
  if #text == 0 then return text end
  return text:sub(1, 1):upper() .. text:sub(2):lower()
end
local letter = ("Dear NAME, the ORDER of DATE is on its way to TOWN. NAME will like it; TOWN too. "):rep(5)
local towns = { [0] = "berlin", "OSLO", "rOme", "new york", "Zug" }
local length, found, text = 0, 0
for n = 0, 19999 do
  local town = capital(towns[n % 5])
  text = letter:gsub("TOWN", town):gsub("NAME", "customer " .. n):gsub("DATE", "1 May")
  found = found + occurrences(text, town)
  found = found + occurrences(text:upper(), "ORDER")
  found = found + (text:find("nowhere", 1, true) or -1)
  length = length + #text
end
print(length .. " " .. found)
print(text:sub(1, 81))
