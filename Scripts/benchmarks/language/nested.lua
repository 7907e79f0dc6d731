local function f(n)
  local count = 0
  for i = 0, n - 1 do
    for j = 0, n - 1 do
      if (i * j) % 7 == 3 then count = count + 1 end
    end
  end
  return count
end
local t = os.clock(); f(2000); print("seconds " .. os.clock() - t)
