local function digit(c) return c >= 48 and c <= 57 end
local function letter(c) return c >= 97 and c <= 122 or c >= 65 and c <= 90 or c == 95 end
local function code_at(text, i) return i <= #text and text:byte(i) or 0 end
local function tokens(text, action)
  local i = 1
  while i <= #text do
    local c = code_at(text, i)
    local start = i
    i = i + 1
    if digit(c) then
      while digit(code_at(text, i)) do i = i + 1 end
      action("number", text:sub(start, i - 1))
    elseif letter(c) then
      while true do
        local d = code_at(text, i)
        if not (letter(d) or digit(d)) then break end
        i = i + 1
      end
      action("name", text:sub(start, i - 1))
    elseif c == 34 then
      while code_at(text, i) ~= 34 do i = i + 1 end
      i = i + 1
      action("text", text:sub(start + 1, i - 2))
    elseif c ~= 32 and c ~= 10 then
      action("sign", text:sub(start, i - 1))
    end
  end
end
local source = ("let x1 = (alpha + 12) * beta_2 - 4096;\nprint(\"the sum is\", x1, 7, foo(bar, 250 % 3));\n"):rep(700)
print(#source)
local numbers, names, signs, sum, length = 0, 0, 0, 0, 0
for _ = 1, 28 do
  tokens(source, function(kind, token)
    if kind == "number" then
      numbers = numbers + 1
      sum = sum + tonumber(token)
    end
    if kind == "name" then
      names = names + 1
      if token == "x1" then sum = sum + 1 end
    end
    if kind == "sign" then signs = signs + 1 end
    if kind == "text" then length = length + #token end
  end)
end
print(numbers .. " " .. names .. " " .. signs .. " " .. sum .. " " .. length)
