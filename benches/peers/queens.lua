local function safe(board, row, column)
  for r = 0, row - 1 do
    local c = board[r]
    if c == column then return false end
    local distance = c - column
    if distance < 0 then distance = -distance end
    if distance == row - r then return false end
  end
  return true
end
local function queens(board, n, row)
  if row == n then return 1 end
  local count = 0
  for column = 0, n - 1 do
    if safe(board, row, column) then
      board[row] = column
      count = count + queens(board, n, row + 1)
    end
  end
  return count
end
local total
for k = 1, 20 do total = queens({}, 9, 0) end
print(total)
