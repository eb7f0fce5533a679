-- With a table of the language.
local counts = {}
for line in io.lines() do
  for word in line:gmatch("%S+") do counts[word] = (counts[word] or 0) + 1 end
end
local distinct, total, best, most = 0, 0, 0, ""
for word, count in pairs(counts) do
  distinct = distinct + 1
  total = total + count
  if count > best then best, most = count, word end
end
print(distinct)
print(total)
print(most .. " " .. best)
