local function f(n)
  local s, x = 0.0, 0.5
  for i = 0, n - 1 do
    x = 3.7 * x * (1.0 - x)
    s = s + x
  end
  return s
end
local t = os.clock(); f(10000000); print("seconds " .. os.clock() - t)
