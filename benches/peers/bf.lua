local text = "++++++[>++++++++++[>++++++++++[>++++++++++[>++++++++++[>++++++++++[>++++++++++[>++++++++++[>+<-]<-]<-]<-]<-]<-]<-]>>>>>>>>++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++."
local size = #text
local code, jump = {}, {}
for i = 0, size - 1 do code[i] = text:byte(i + 1) end
local function match()
  local open, depth = {}, 0
  for i = 0, size - 1 do
    local c = code[i]
    if c == 91 then
      open[depth] = i
      depth = depth + 1
    elseif c == 93 then
      depth = depth - 1
      local start = open[depth]
      jump[i] = start
      jump[start] = i
    end
  end
end
local function interpret()
  local tape = {}
  for i = 0, 999 do tape[i] = 0 end
  local p, ip, steps = 0, 0, 0
  while ip < size do
    local c = code[ip]
    if c == 43 then tape[p] = (tape[p] + 1) & 255
    elseif c == 45 then tape[p] = (tape[p] - 1) & 255
    elseif c == 62 then p = p + 1
    elseif c == 60 then p = p - 1
    elseif c == 91 then if tape[p] == 0 then ip = jump[ip] end
    elseif c == 93 then if tape[p] ~= 0 then ip = jump[ip] end
    elseif c == 46 then io.write(string.char(tape[p]))
    end
    ip = ip + 1
    steps = steps + 1
  end
  print(" " .. steps)
end
match()
interpret()
